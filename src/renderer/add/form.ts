import { formatObjectAddress, isPrefix, parseObjectAddress } from '../../shared/cloud-address'
import type { AddInput, AddOutcome } from '../../shared/contract'
import type { RequestError } from '../../shared/errors'
import { partSizeRange } from '../../shared/limits'
import { lines } from '../../shared/links'
import type { QueueId } from '../../shared/queues'
import { parseRate, parseSize } from '../../shared/size'
import { rateProblem } from '../rate'
import { requestProblem, t } from '../text'
import {
  checksumProblem,
  connectionsProblem,
  countAll,
  expandAll,
  headersProblem,
  nameProblem,
  sizeProblem,
  mirrorProblems,
  urlProblems,
  type LineError,
} from './validate'

/** What stands in the form, as typed. */
export interface Fields {
  readonly urls: string
  /** Whether `[1-9]` in an address stands for nine of them. */
  readonly ranges: boolean
  readonly name: string
  /** `null` until the user touches it: then the setting counts, also when it changes meanwhile. */
  readonly connections: string | null
  readonly headers: string
  readonly cookies: string
  readonly user: string
  readonly password: string
  readonly checksum: string
  readonly mirrors: string
  /** Id of a cloud account; `null` leaves the choice to the address. */
  readonly account: string | null
  readonly partSize: string
  readonly threshold: string
  /** `null` for the default one. */
  readonly queue: QueueId | null
  /** `null` for the one that the rules give. */
  readonly category: string | null
  /** Bytes per second, as a size. */
  readonly limit: string
  readonly start: boolean
}

export type FieldName = NonNullable<RequestError['field']>

export interface Problems {
  readonly lines: readonly LineError[]
  readonly mirrors: readonly LineError[]
  readonly fields: Readonly<Partial<Record<FieldName, string>>>
  /** What is wrong with nothing that stands in the form: the program could not do it. */
  readonly form: string | null
}

export const noProblems: Problems = { lines: [], mirrors: [], fields: {}, form: null }

export function emptyFields(urls: string): Fields {
  return {
    urls,
    ranges: true,
    name: '',
    connections: null,
    headers: '',
    cookies: '',
    user: '',
    password: '',
    checksum: '',
    mirrors: '',
    account: null,
    partSize: '',
    threshold: '',
    queue: null,
    category: null,
    limit: '',
    start: true,
  }
}

export function hasProblems(problems: Problems): boolean {
  const { lines, mirrors, fields, form } = problems
  return lines.length > 0 || mirrors.length > 0 || Object.keys(fields).length > 0 || form !== null
}

export function check(fields: Fields, folder: string | null): Problems {
  const urls = lines(fields.urls)
  const count = countAll(urls, fields.ranges)
  const found: Partial<Record<FieldName, string>> = {}
  const note = (field: FieldName, problem: string | null) => {
    if (problem !== null) found[field] = problem
  }
  if (count === 1) note('name', nameProblem(fields.name))
  if (fields.connections !== null) note('connections', connectionsProblem(fields.connections))
  note('folder', folder === null ? t('invalid.folder') : null)
  note('headers', headersProblem(fields.headers))
  note('partSize', sizeProblem(fields.partSize, partSizeRange))
  note('threshold', sizeProblem(fields.threshold, { min: 0, max: Number.MAX_SAFE_INTEGER }))
  note('limit', rateProblem(fields.limit))
  note('checksum', checksumProblem(fields.checksum, count))
  return {
    lines: urlProblems(urls, fields.ranges),
    mirrors: mirrorProblems(lines(fields.mirrors), count),
    fields: found,
    form: null,
  }
}

/** The prefix of a cloud store that stands in the form alone, to choose from; `null` when it is something else. */
export function prefixIn(urls: string): string | null {
  const [line = '', ...others] = lines(urls)
  const object = others.length > 0 ? null : parseObjectAddress(line)
  return object !== null && object !== 'bad' && isPrefix(object) ? formatObjectAddress(object) : null
}

/** As many addresses are one line of the list, not so many of their own. */
const batchFrom = 10

function batchGroup(urls: readonly string[]): AddInput['group'] {
  if (urls.length < batchFrom) return null
  const hosts = new Set(urls.map((url) => (URL.canParse(url) ? new URL(url).host : '')))
  const [host = ''] = hosts
  const name = hosts.size === 1 && host !== '' ? t('group.from', { host }) : t('group.several', { count: hosts.size })
  return { id: crypto.randomUUID(), name }
}

/**
 * Call only when `check` found nothing.
 * @param folder token; `null` for the folder of each one's category
 */
export function toInput(fields: Fields, folder: string | null): AddInput {
  const urls = expandAll(lines(fields.urls), fields.ranges)
  const name = fields.name.trim()
  return {
    urls,
    folder,
    name: urls.length === 1 && name !== '' ? name : null,
    connections: fields.connections === null ? null : Number(fields.connections),
    headers: fields.headers,
    cookies: fields.cookies,
    user: fields.user,
    password: fields.password,
    checksum: fields.checksum.trim(),
    mirrors: lines(fields.mirrors),
    account: fields.account,
    partSize: parseSize(fields.partSize),
    threshold: parseSize(fields.threshold),
    limit: parseRate(fields.limit),
    root: null,
    adopt: null,
    group: batchGroup(urls),
    replaces: [],
    queue: fields.queue,
    category: fields.category,
    start: fields.start,
  }
}

export interface Result {
  readonly added: number
  readonly failed: number
  /** The lines that are still to be added. */
  readonly urls: string
  readonly problems: Problems
}

/** Good lines are done; the others stay in the box, each with its reason. */
export function result(outcomes: readonly AddOutcome[]): Result {
  const failed = outcomes.filter((outcome) => 'error' in outcome)
  const problems = failed.reduce<Problems>((all, { url, error }) => withError(all, error, url), noProblems)
  return {
    added: outcomes.length - failed.length,
    failed: failed.length,
    urls: failed.map((outcome) => outcome.url).join('\n'),
    problems,
  }
}

/** Puts what the main process says at the field that it is about, or at the line that it answered for. */
export function withError(problems: Problems, error: RequestError, line?: string): Problems {
  const text = requestProblem(error)
  const reason = t('join.titleText', { title: text.title, text: text.suggestion })
  if (error.field === 'urls' || (error.field === undefined && line !== undefined)) {
    return { ...problems, lines: [...problems.lines, { line: line ?? '', reason }] }
  }
  if (error.field === 'mirrors') return { ...problems, mirrors: [...problems.mirrors, { line: '', reason }] }
  if (error.field === undefined) return { ...problems, form: reason }
  return { ...problems, fields: { ...problems.fields, [error.field]: reason } }
}
