import type { ChecksumAlgorithm } from '../../shared/download'
import { connectionsRange, maxMirrors, maxUrls } from '../../shared/limits'
import { parseObjectAddress } from '../../shared/cloud-address'
import { downloadSchemes } from '../../shared/links'
import { parseSize } from '../../shared/size'
import { t } from '../text'
import { countOf, ends, expand } from '../../shared/ranges'

/** What can be known about the form before the main process is asked. That one decides; this one is quick. */

export interface LineError {
  readonly line: string
  readonly reason: string
}

export function urlProblem(line: string): string | null {
  const object = parseObjectAddress(line)
  if (object !== null) return object === 'bad' ? t('invalid.object') : null
  let url: URL
  try {
    url = new URL(line)
  } catch {
    return t('invalid.url')
  }
  if (!downloadSchemes.includes(url.protocol)) return t('invalid.scheme', { scheme: url.protocol.slice(0, -1) })
  return url.hostname === '' ? t('invalid.url') : null
}

/** How many addresses the lines of the box stand for. */
export function countAll(all: readonly string[], ranges: boolean): number {
  return ranges ? all.reduce((count, line) => count + countOf(line), 0) : all.length
}

/** The addresses that the lines of the box stand for; ask `urlProblems` first, they may be very many. */
export function expandAll(all: readonly string[], ranges: boolean): string[] {
  return ranges ? all.flatMap(expand) : [...all]
}

/** Problems of the whole box come as one without a line. */
export function urlProblems(all: readonly string[], ranges: boolean): LineError[] {
  if (all.length === 0) return [{ line: '', reason: t('invalid.urlsEmpty') }]
  if (countAll(all, ranges) > maxUrls) return [{ line: '', reason: t('invalid.urlsTooMany', { max: maxUrls }) }]
  return all.flatMap((line) => {
    // What stands in brackets may be any part of the address; the first one shows whether it is one.
    const reason = urlProblem(ranges ? ends(line)[0] : line)
    return reason === null ? [] : [{ line, reason }]
  })
}

/** Further addresses of the one that stands in the form. */
export function mirrorProblems(mirrors: readonly string[], urlCount: number): LineError[] {
  if (mirrors.length === 0) return []
  if (urlCount > 1) return [{ line: '', reason: t('invalid.mirrorsMany') }]
  if (mirrors.length > maxMirrors) return [{ line: '', reason: t('invalid.urlsTooMany', { max: maxMirrors }) }]
  return mirrors.flatMap((line) => {
    const reason = urlProblem(line) ?? (hasLogin(line) ? t('invalid.mirrorLogin') : null)
    return reason === null ? [] : [{ line, reason }]
  })
}

function hasLogin(line: string): boolean {
  const { username, password } = new URL(line)
  return username !== '' || password !== ''
}

export function nameProblem(name: string): string | null {
  const trimmed = name.trim()
  if (trimmed === '.' || trimmed === '..') return t('invalid.nameDots')
  return /[/\\\0]/.test(trimmed) ? t('invalid.name') : null
}

export function connectionsProblem(text: string): string | null {
  const value = Number(text)
  const fine = /^\d+$/.test(text.trim()) && value >= connectionsRange.min && value <= connectionsRange.max
  return fine ? null : t('invalid.connections', connectionsRange)
}

/** @param range in bytes; an empty field is fine */
export function sizeProblem(text: string, range: { readonly min: number; readonly max: number }): string | null {
  if (text.trim() === '') return null
  const bytes = parseSize(text)
  if (bytes !== null && bytes >= range.min && bytes <= range.max) return null
  return range.min === 0 ? t('invalid.size') : t('invalid.partSize')
}

/** RFC 9110: a token, a colon, and anything but control characters. */
const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\0-\x08\x0a-\x1f\x7f]*$/

export function headersProblem(text: string): string | null {
  const all = text.split(/\r?\n/)
  const bad = all.findIndex((line) => line.trim() !== '' && !HEADER.test(line.trim()))
  return bad === -1 ? null : t('invalid.header', { line: bad + 1 })
}

const DIGITS: Readonly<Record<ChecksumAlgorithm, number>> = {
  md5: 32,
  'sha-1': 40,
  'sha-256': 64,
  'sha-512': 128,
  crc64xz: 16,
  crc64nvme: 16,
  crc32c: 8,
  crc32: 8,
}

export function checksumProblem(text: string, urlCount: number): string | null {
  const checksum = text.trim().toLowerCase()
  if (checksum === '') return null
  if (urlCount > 1) return t('invalid.checksumMany')
  const match = /^(?:([^=\s]+)\s*=\s*)?([0-9a-f]+)$/.exec(checksum)
  const digits = match?.[2]
  if (digits === undefined) return t('invalid.checksum')
  const algorithm = match?.[1]
  if (algorithm === undefined)
    return digits.length >= DIGITS.md5 && Object.values(DIGITS).includes(digits.length) ? null : t('invalid.checksum')
  const expected = Object.hasOwn(DIGITS, algorithm) ? DIGITS[algorithm as ChecksumAlgorithm] : undefined
  if (expected === undefined) return t('invalid.checksumAlgorithm')
  if (digits.length === expected) return null
  return t('invalid.checksumLength', { algorithm, expected, actual: digits.length })
}
