import { safeStorage } from 'electron'
import type { SecretBox } from '../engine/ports'

/** False where the system could only offer plain text: then no secret is kept (security rule 12). */
export function keepsSecrets(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text'
}

/** Encryption by the system's own key store, for the engine's thread. */
export const secretCalls: SecretBox = {
  seal: (text) => Promise.resolve(keepsSecrets() ? safeStorage.encryptString(text) : null),
  open(sealed) {
    try {
      return Promise.resolve(keepsSecrets() ? safeStorage.decryptString(Buffer.from(sealed)) : null)
    } catch {
      return Promise.resolve(null) // another user, another machine, or a new key
    }
  },
}
