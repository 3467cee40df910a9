/**
 * Lets many callers share work that is slow and counts for all who came before it began, as a sync of a disk does.
 * @param run the work
 * @returns asks for a round that begins after the call; it rejects with what the round threw
 */
export function inRounds(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  const begin = (): Promise<void> => {
    const round = run().finally(() => {
      if (running === round) running = null
    })
    running = round
    next = null
    return round
  }
  return () => {
    if (!running) return begin()
    // The one that is running may have begun before what this caller did.
    next ??= running.then(begin, begin)
    return next
  }
}
