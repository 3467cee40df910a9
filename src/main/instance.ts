import { keepCleaning } from './service/cleaning'
import { compose, type Composition, type EngineParts } from './compose'
import { createControlHandlers } from './control/handlers'
import { startControl, type ControlServer } from './control/server'
import { RequestFailure } from '../shared/errors'
import { systemClock } from './engine/clock'
import { profileFiles } from './profile/folders'
import { createPublisher, type Publisher } from './service/publisher'
import { createService } from './service/service'
import { takeLocks } from './store/lock'

export interface InstanceParts extends Omit<EngineParts, 'database' | 'targetLocks'> {
  /** The profile's folder. */
  readonly profile: string
  /** Where downloads go when nobody says it. */
  readonly downloads: string
  /** Ends the program, asked for by a command; `null` where only its window does. */
  readonly stop: (() => void) | null
  readonly emit: Parameters<typeof createPublisher>[1]
}

export interface Instance {
  readonly composition: Composition
  readonly publisher: Publisher
  readonly service: ReturnType<typeof createService>
  /** Whether commands reach it. */
  readonly reachable: boolean
  /** Checkpoints everything and gives the profile free. */
  close(): Promise<void>
}

/**
 * Opens a profile, for the application's engine and for the daemon alike: one program at a time, with a socket for
 * commands. Without the socket everything else works: then the log says why.
 * @throws RequestFailure E_RUNNING, E_DB_VERSION, E_DB_DAMAGED; nothing was written then
 */
export async function openInstance(parts: InstanceParts): Promise<Instance> {
  const files = profileFiles(parts.profile)
  const lock = takeLocks(files.locks, ['profile'])
  if (lock.kind === 'taken')
    throw new RequestFailure({ code: 'E_RUNNING', detail: `${lock.by} has ${parts.profile} open` })
  let composition: Composition
  try {
    composition = compose({ ...parts, database: files.database })
  } catch (error) {
    lock.release()
    throw error
  }
  const publisher = createPublisher(composition.engine, parts.emit)
  const service = createService(composition, publisher)
  const handlers = createControlHandlers({ composition, service, downloads: parts.downloads, stop: parts.stop })
  const control: ControlServer | null = await startControl(files.control, handlers, parts.log).catch(
    (error: unknown) => {
      parts.log('warn', 'commands cannot reach this program', { error: String(error) })
      return null
    },
  )
  const stopCleaning = keepCleaning(composition.engine, composition.settings, parts.clock ?? systemClock, parts.log)
  return {
    composition,
    publisher,
    service,
    reachable: control !== null,
    async close() {
      stopCleaning()
      await control?.close()
      publisher.close()
      await composition.close()
      lock.release()
    },
  }
}
