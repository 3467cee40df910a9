/** Rows of the `progress` event, one after the other in one array. */
export const progressRow = {
  length: 5,
  id: 0,
  received: 1,
  /** -1 when unknown. */
  total: 2,
  bytesPerSecond: 3,
  connections: 4,
} as const
