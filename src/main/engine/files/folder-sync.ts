import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

interface Round {
  readonly running: Promise<void>
  /** Begins when this one has ended; shared by all who came meanwhile. */
  next: Promise<void> | null
}

const rounds = new Map<string, Round>()

/**
 * Makes creations, renames and removals in a folder durable: all that were made before the call. Many downloads that end
 * together share a sync. Windows has no such call and needs none.
 */
export function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return Promise.resolve()
  const round = rounds.get(folder)
  if (!round) return begin(folder)
  // The one that is running may have begun before what this caller did.
  round.next ??= round.running.then(
    () => begin(folder),
    () => begin(folder),
  )
  return round.next
}

function begin(folder: string): Promise<void> {
  const round: Round = { running: sync(folder), next: null }
  rounds.set(folder, round)
  const end = () => {
    if (!round.next) rounds.delete(folder)
  }
  round.running.then(end, end)
  return round.running
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
