import { readFileSync } from 'node:fs'
import { RequestFailure } from '../../shared/errors'
import { checkIdentity, type Identity } from '../engine/http/trust'

/**
 * Reads a client certificate with its key: PKCS#12, or both in one PEM file.
 * @param passphrase empty for none
 * @throws RequestFailure E_CLIENT_CERTIFICATE; with the field `passphrase` when a password may help
 */
export function readIdentity(file: string, passphrase: string): Identity {
  const identity = identityIn(file, passphrase)
  try {
    checkIdentity(identity)
    return identity
  } catch (error) {
    throw new RequestFailure({
      code: 'E_CLIENT_CERTIFICATE',
      ...(mayBeLocked(identity) ? { field: 'passphrase' } : {}),
      detail: `${file}: ${(error as Error).message}`,
    })
  }
}

function identityIn(file: string, passphrase: string): Identity {
  const given = passphrase === '' ? {} : { passphrase }
  try {
    const bytes = readFileSync(file)
    if (!bytes.includes('-----BEGIN')) return { kind: 'pkcs12', bytes, ...given }
    const text = bytes.toString('utf8')
    return { kind: 'pem', certificate: text, key: text, ...given }
  } catch (error) {
    throw new RequestFailure({ code: 'E_CLIENT_CERTIFICATE', detail: String(error) })
  }
}

/** PKCS#12 is a DER sequence (RFC 7292 §4), whose password shows only when it is tried; PEM says that a key is encrypted. */
function mayBeLocked(identity: Identity): boolean {
  return identity.kind === 'pkcs12' ? identity.bytes[0] === 0x30 : identity.key.includes('ENCRYPTED')
}
