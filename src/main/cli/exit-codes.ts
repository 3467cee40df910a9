import type { DownloadErrorCode, RequestErrorCode } from '../../shared/errors'

export const exitCodes = {
  done: 0,
  internal: 1,
  usage: 2,
  conflict: 9,
  /** A command found no running program. */
  notRunning: 10,
  /** A command named a download that is not there. */
  notFound: 11,
  paused: 130,
} as const

const byCode: Readonly<Record<Exclude<DownloadErrorCode, `HTTP_${number}`>, number>> = {
  INTERNAL: 1,
  OFFLINE: 3,
  PORTAL: 3,
  DNS: 3,
  CONNECT: 3,
  CONNECTION_LOST: 3,
  TIMEOUT: 3,
  PROXY: 3,
  PROXY_AUTH: 3,
  RETRY_LATER: 4,
  CREDENTIALS: 4,
  HEADERS_LOST: 4,
  CLOUD_ACCOUNT: 4,
  CLOUD_KEY_ID: 4,
  CLOUD_SIGNATURE: 4,
  CLOUD_TOKEN: 4,
  CLOUD_DENIED: 4,
  CLOUD_CLOCK: 4,
  CLOUD_REGION: 4,
  CLOUD_PLACE: 4,
  CLOUD_NO_BUCKET: 4,
  CLOUD_NO_OBJECT: 4,
  CLOUD_ARCHIVED: 4,
  CLOUD_RESTORING: 4,
  CLOUD_BUSY: 4,
  CLOUD_LINK: 4,
  TLS: 5,
  TLS_CLOCK: 5,
  NOSPACE: 6,
  IO: 6,
  PATH: 6,
  ACCESS: 6,
  FILE_TOO_BIG: 6,
  TOO_MANY_FILES: 6,
  RENAME: 6,
  PROTO: 7,
  RANGE: 7,
  ENCODING: 7,
  CHANGED: 7,
  CHANGED_LARGE: 7,
  OTHER_FILE: 7,
  SIZE: 7,
  REDIRECTS: 7,
  SCHEME: 7,
  DOWNGRADE: 7,
  PRIVATE_ADDR: 7,
  ADOPT: 7,
  HASH: 8,
  CONFLICT: 9,
  LOCKED: 9,
}

/** The exit code of `longshore get` for the reason why a download failed. Part of the public contract. */
export function exitCode(code: DownloadErrorCode): number {
  return code in byCode ? byCode[code as keyof typeof byCode] : 4
}

const byRequest: Partial<Record<RequestErrorCode, number>> = {
  E_IPC: exitCodes.internal,
  E_ENGINE: exitCodes.internal,
  E_DB_VERSION: exitCodes.internal,
  E_DB_DAMAGED: exitCodes.internal,
  E_RUNNING: exitCodes.conflict,
  E_STATE: exitCodes.conflict,
  E_NOT_FOUND: exitCodes.notFound,
  E_BUNDLE: 8,
  E_BUNDLE_VERSION: 8,
  E_CARRY: 7,
  E_LINK: 7,
  E_SPACE: 6,
  E_DISK: 6,
  E_FILE_MISSING: 6,
}

/** The exit code for what a command asked for and did not get: mostly it was said wrongly. */
export function requestExitCode(code: RequestErrorCode): number {
  return byRequest[code] ?? exitCodes.usage
}
