/** A command line that cannot be carried out; nothing was done. */
export class UsageError extends Error {}
