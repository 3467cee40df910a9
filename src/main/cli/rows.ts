import type { DownloadView } from '../../shared/download'
import { defaultQueue, type QueueId } from '../../shared/queues'
import { formatSize } from '../../shared/size'
import { statusOf, type Status } from '../../shared/status'
import { formatDuration, wholeSecondsLeft } from './duration'
import { noticeText } from '../../shared/texts/problems'
import { formatMoment } from './moments'
import { reasonLine, reasonOf } from './reasons'

/** Names of queues by their numbers. */
export type QueueNames = ReadonlyMap<QueueId, string>

const statusWords: Readonly<Record<Status, string>> = {
  queued: 'Queued',
  downloading: 'Downloading',
  paused: 'Paused',
  waiting: 'Waiting',
  verifying: 'Verifying',
  completed: 'Completed',
  failed: 'Failed',
}

/** What scripts may rely on; the rest of a view may change. */
export function entryOf(view: DownloadView, queues: QueueNames) {
  const { id, url, name, folder, state, total, received, bytesPerSecond, connections, limit, priority } = view
  const reason = reasonOf(view)
  return {
    id,
    state: state.kind,
    status: statusWords[statusOf(view)],
    name,
    folder,
    url,
    mirrors: view.sources.map((source) => source.url).filter((each) => each !== url),
    total,
    received,
    bytesPerSecond,
    secondsLeft: wholeSecondsLeft(view),
    connections,
    limit,
    queue: shownQueue(queues.get(view.queue) ?? ''),
    priority,
    addedAt: view.addedAt,
    finishedAt: view.finishedAt,
    verified: verifiedBy(view),
    ...(reason === null
      ? {}
      : {
          ...(reason.code === undefined ? {} : { code: reason.code }),
          ...(reason.waitsFor === undefined ? {} : { waitsFor: reason.waitsFor }),
          reason: reason.next === undefined ? reason.text : `${reason.text}; ${reason.next}`,
          ...(reason.cause === undefined ? {} : { cause: reason.cause, suggestion: reason.suggestion }),
          until: reason.until,
        }),
  }
}

/** A line for programs: fields that tabs separate. Its order is part of the contract. */
export function plainRow(view: DownloadView): string {
  const { id, received, total, bytesPerSecond, name } = view
  const reason = reasonOf(view)
  return [
    id,
    statusWords[statusOf(view)],
    received,
    total ?? '-',
    bytesPerSecond > 0 ? Math.round(bytesPerSecond) : '-',
    wholeSecondsLeft(view) ?? '-',
    name === '' ? '-' : printable(name),
    reason === null ? '-' : printable(reasonLine(reason)),
  ].join('\t')
}

const heads = ['ID', 'STATUS', 'DONE', 'SIZE', 'SPEED', 'LEFT'] as const
const widths = [5, 11, 5, 10, 12, 8] as const
const indent = ' '.repeat(widths[0] + 2)

/** The first line of the table. */
export function headRow(columns: number): string {
  return cut(`${figures(heads, columns)}  NAME`, columns)
}

/**
 * A download in the table: a line, and one below it when there is more to say.
 * @param columns of the terminal
 */
export function tableRow(view: DownloadView, queues: QueueNames, columns: number): string {
  const { id, name, total, received, bytesPerSecond, state } = view
  const percent =
    total === null || state.kind === 'done'
      ? ''
      : `${total === 0 ? 100 : Math.min(100, Math.floor((100 * received) / total))} %`
  const moves = state.kind === 'active' && state.phase.kind === 'transferring'
  const left = wholeSecondsLeft(view)
  const line = figures(
    [
      String(id),
      statusWords[statusOf(view)],
      percent,
      total === null ? (received > 0 ? `${formatSize(received)}+` : '?') : formatSize(total),
      moves ? `${formatSize(bytesPerSecond)}/s` : '',
      left === null ? '' : formatDuration(left),
    ],
    columns,
  )
  const room = Math.max(12, columns - line.length - 2)
  const reason = reasonOf(view)
  const more = [
    ...(reason === null ? [] : [reasonLine(reason)]),
    ...(view.queue === defaultQueue || state.kind === 'done' ? [] : [`queue ${queues.get(view.queue) ?? view.queue}`]),
    ...(view.limit === null || state.kind === 'done' ? [] : [`at most ${formatSize(view.limit)}/s`]),
  ]
  const below = more.length === 0 ? '' : `\n${cut(`${indent}${printable(more.join(', '))}`, columns)}`
  return `${line}  ${middle(printable(name === '' ? view.url : name), room)}${below}`
}

/** All about one download, for people. */
export function details(view: DownloadView, queues: QueueNames): string {
  const { id, state, total, received, url, sources, folder, name, limit, notice } = view
  const reason = reasonOf(view)
  const all = total === null ? 'an unknown size' : formatSize(total)
  const left = wholeSecondsLeft(view)
  const rows: readonly (readonly [string, string | null])[] = [
    ['Name', name === '' ? null : name],
    ['Status', `${statusWords[statusOf(view)]}${reason === null ? '' : `: ${reasonLine(reason)}`}`],
    ['Cause', reason?.cause ?? null],
    ['Try', reason?.suggestion ?? null],
    ['Detail', state.kind === 'failed' ? state.error.detail : null],
    ['Size', `${formatSize(received)} of ${all}`],
    [
      'Speed',
      state.kind === 'active' && state.phase.kind === 'transferring'
        ? `${formatSize(view.bytesPerSecond)}/s, ${view.connections} ${view.connections === 1 ? 'connection' : 'connections'}`
        : null,
    ],
    ['Left', left === null ? null : formatDuration(left)],
    ['Folder', folder],
    ['Address', url],
    ...sources.filter((each) => each.url !== url).map((each) => ['Mirror', each.url] as const),
    ['Queue', state.kind === 'done' ? null : shownQueue(queues.get(view.queue) ?? '')],
    ['Priority', view.priority === 'normal' ? null : view.priority],
    ['Limit', limit === null ? null : `${formatSize(limit)}/s`],
    ['Starts', view.startAt === null ? null : formatMoment(view.startAt)],
    ['Stops', view.stopAt === null ? null : formatMoment(view.stopAt)],
    ['Added', formatMoment(view.addedAt)],
    ['Finished', view.finishedAt === null ? null : formatMoment(view.finishedAt)],
    ['Verified', verifiedBy(view)?.join(', ') ?? null],
    ['Note', notice === null ? null : noticeText(notice.code, 'en').title],
  ]
  const lines = rows.flatMap(([head, text]) => (text === null ? [] : [`  ${head.padEnd(9)} ${printable(text)}`]))
  return [`Download ${id}`, ...lines].join('\n')
}

/** The default queue has a name in every language, and none of its own. */
export function shownQueue(name: string): string {
  return name === '' ? 'default' : printable(name)
}

/** A name comes from a server: what moves a terminal's cursor stays out of it. */
export function printable(name: string): string {
  return name.replaceAll(/\p{C}/gu, '?')
}

/** Algorithms of the digests that it was compared with. */
function verifiedBy({ state }: DownloadView): string[] | null {
  if (state.kind !== 'done' || state.verification.kind !== 'verified') return null
  return state.verification.checks.map(({ algorithm }) => algorithm)
}

/** Columns of a terminal that has room for speed and time left beside a name. */
const roomy = 76

/** The columns before the name. */
function figures(texts: readonly string[], columns: number): string {
  const shown = columns < roomy ? texts.slice(0, 4) : texts
  return shown.map((text, at) => (at === 1 ? text.padEnd(widths[1]) : text.padStart(widths[at] ?? 0))).join('  ')
}

const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0
  for (const char of text) width += /\p{M}/u.test(char) ? 0 : wide.test(char) ? 2 : 1
  return width
}

/** Cuts a line that does not fit. */
function cut(text: string, columns: number): string {
  return widthOf(text) <= columns ? text : `${start([...text], columns - 1)}…`
}

/** Cuts a name in its middle: its end says what it is. */
function middle(name: string, columns: number): string {
  if (widthOf(name) <= columns) return name
  const chars = [...name]
  const tail = start(chars.toReversed(), Math.floor((columns - 1) / 3))
  return `${start(chars, columns - 1 - widthOf(tail))}…${[...tail].toReversed().join('')}`
}

function start(chars: readonly string[], columns: number): string {
  let text = ''
  let width = 0
  for (const char of chars) {
    width += widthOf(char)
    if (width > columns) break
    text += char
  }
  return text
}
