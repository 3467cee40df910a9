/** How long a test waits for what should happen, in ms: a busy machine is late, and only what never happens takes as long. */
export const patience = 60_000
