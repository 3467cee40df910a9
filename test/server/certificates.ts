import { readFileSync } from 'node:fs'

/**
 * Long-lived certificates for tests, made by `certs/make.sh`; the keys protect nothing.
 * `good` is for localhost, 127.0.0.1 and ::1; `wrong-name` for elsewhere.example; `expired` ended in 2021; `not-yet`
 * begins in 2119; `self-signed` comes from no authority; `good` and the first three come from `ca`.
 */
export type CertificateName = 'good' | 'expired' | 'not-yet' | 'wrong-name' | 'self-signed'

const read = (name: string): string => readFileSync(new URL(`./certs/${name}.pem`, import.meta.url), 'utf8')

export function certificates(name: CertificateName): { key: string; cert: string; ca: string } {
  return { key: read('key'), cert: read(name), ca: read('ca') }
}
