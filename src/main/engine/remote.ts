import type { Remote } from './ports'

/**
 * A generation can go on after a break only with ranges and something that proves that the bytes are still the same
 * (RFC 9110 §13.1.5: If-Range needs a strong validator).
 */
export function isResumable(remote: Remote): boolean {
  return remote.ranges && remote.validator !== null && remote.total !== null
}
