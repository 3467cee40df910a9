import { realpathSync } from 'node:fs'
import path from 'node:path'
import type { Log, TargetLocks } from '../engine/ports'
import { LockRegister } from './lock'

/**
 * @param folder the same for every program of this user, whatever profile it has
 * @param log told when there can be no locks: then downloads do without
 */
export function createTargetLocks(folder: string, log: Log): TargetLocks & { close(): void } {
  let register: LockRegister | null = null
  const none = (target: string, error: unknown) =>
    log('warn', 'no lock on the target', { target, error: String(error) })
  return {
    take(target, source) {
      try {
        register ??= new LockRegister(folder)
        return register.take([`target ${canonical(target)}`], source)
      } catch (error) {
        none(target, error)
        return { kind: 'held', release: () => undefined }
      }
    },
    look(target) {
      try {
        register ??= new LockRegister(folder)
        return register.look(`target ${canonical(target)}`)
      } catch (error) {
        none(target, error)
        return null
      }
    },
    close() {
      register?.close()
      register = null
    },
  }
}

/** Two ways to the same place are one; so are two spellings where the system sees it so. */
function canonical(target: string): string {
  const folder = path.dirname(target)
  const name = path.basename(target).normalize('NFC')
  const folded = process.platform === 'win32' || process.platform === 'darwin' ? name.toLowerCase() : name
  try {
    return path.join(realpathSync(folder), folded)
  } catch {
    return path.join(folder, folded)
  }
}
