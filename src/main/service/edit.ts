import type { CallInput, Editable } from '../../shared/contract'
import type { DownloadId } from '../../shared/download'
import { RequestFailure } from '../../shared/errors'
import type { Engine } from '../engine/engine'
import { parseHeaderLines } from '../engine/http/headers'
import { parseChecksum } from '../engine/integrity/digest'
import type { DownloadRecord } from '../engine/ports'
import { parseCookies } from '../engine/session/cookie-file'
import { parseAddress, parseMirror } from '../sources/address'

export type Edit = Omit<CallInput<'downloads.edit'>, 'id'>

/** @throws RequestFailure E_NOT_FOUND */
export function editable(engine: Engine, id: DownloadId): Editable {
  const { url, mirrors, connections, checksum, secret } = recordOf(engine, id)
  return {
    url,
    mirrors: mirrors.filter(({ from }) => from === 'user').map((mirror) => mirror.url),
    connections,
    checksum: checksum === null ? '' : `${checksum.algorithm}=${checksum.hex}`,
    credentials: secret.kind === 'none' ? 'none' : engine.knowsWho(id) ? 'known' : 'lost',
  }
}

/**
 * Changes what the user chose for a download that is paused or failed; all of it is read before anything is changed.
 * Mirrors that a server named stay. Another address comes last: only it can be refused by somebody else.
 * @throws RequestFailure E_NOT_FOUND, E_STATE, E_LINK, and what is wrong with a field
 */
export async function edit(engine: Engine, id: DownloadId, change: Edit): Promise<void> {
  const record = recordOf(engine, id)
  const { url } = parseAddress(change.url)
  const mine = change.mirrors
    .filter((line) => line.trim() !== '')
    .map((line) => ({ url: parseMirror(line), from: 'user' as const }))
  const checksum = change.checksum.trim() === '' ? null : parseChecksum(change.checksum)
  const { credentials } = change
  const said = credentials && { ...credentials, headers: parseHeaderLines(credentials.headers) }
  if (said) parseCookies(said.cookies)
  const { onConflict, partSize, threshold, account, mirrors } = record
  engine.choose(id, {
    onConflict,
    partSize,
    threshold,
    account,
    connections: change.connections,
    checksum,
    mirrors: [...mine, ...mirrors.filter(({ from }) => from === 'server')],
  })
  if (said) await engine.identify(id, said)
  if (url !== record.url) await engine.relink(id, url, true)
}

function recordOf(engine: Engine, id: DownloadId): DownloadRecord {
  const record = engine.unfinished().find((each) => each.id === id)
  if (!record) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no unfinished download ${id}` })
  return record
}
