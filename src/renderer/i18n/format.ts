import type { ChecksumAlgorithm } from '../../shared/verification'
import { locale, t } from './index'

/** Building an Intl object costs some 20 µs, and rows ask for hundreds a second. */
const cache = new Map<string, unknown>()
function cached<T>(key: string, make: (locale: string) => T): T {
  const full = `${locale()} ${key}`
  if (!cache.has(full)) cache.set(full, make(locale()))
  return cache.get(full) as T
}

function decimal(value: number, digits: number): string {
  return cached(
    `decimal ${digits}`,
    (l) => new Intl.NumberFormat(l, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  ).format(value)
}

export function formatCount(value: number): string {
  return decimal(value, 0)
}

const UNITS = ['unit.b', 'unit.kib', 'unit.mib', 'unit.gib', 'unit.tib', 'unit.pib'] as const

/** Binary units with three significant digits and a fixed number of decimals, so that a running figure does not jump. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  // 999.5 would be written as the four-digit "1000"; the next unit is shorter.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  const digits = unit === 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0
  return t(UNITS[unit] ?? 'unit.b', { value: decimal(value, digits) })
}

export function formatSpeed(bytesPerSecond: number): string {
  return t('unit.perSecond', { size: formatBytes(bytesPerSecond) })
}

/** At most two units: "12 s", "3 min 20 s", "1 h 5 min", "2 d 3 h". */
export function formatDuration(seconds: number): string {
  const s = Math.max(0, Math.ceil(seconds))
  if (s < 60) return t('duration.s', { s })
  if (s < 600) {
    const min = Math.floor(s / 60)
    return s % 60 === 0 ? t('duration.min', { min }) : t('duration.minS', { min, s: s % 60 })
  }
  // Seconds would only flicker from here on.
  const minutes = Math.round(s / 60)
  if (minutes < 60) return t('duration.min', { min: minutes })
  if (minutes < 24 * 60) {
    const h = Math.floor(minutes / 60)
    return minutes % 60 === 0 ? t('duration.h', { h }) : t('duration.hMin', { h, min: minutes % 60 })
  }
  const hours = Math.round(minutes / 60)
  if (hours >= 99 * 24) return t('duration.long')
  const d = Math.floor(hours / 24)
  return hours % 24 === 0 ? t('duration.d', { d }) : t('duration.dH', { d, h: hours % 24 })
}

/** Rounded down: 100 % is for what is whole. `null` when the total is unknown. */
export function percentOf(received: number, total: number | null): number | null {
  if (total === null) return null
  if (total === 0) return 0
  return Math.min(100, Math.max(0, Math.floor((received / total) * 100)))
}

export function formatPercent(percent: number): string {
  return cached('percent', (l) => new Intl.NumberFormat(l, { style: 'percent' })).format(percent / 100)
}

/** The time for today, the day for everything else: what a list has room for. */
export function formatWhen(at: number, now: number = Date.now()): string {
  const date = new Date(at)
  const sameDay = date.toDateString() === new Date(now).toDateString()
  if (sameDay) return cached('time', (l) => new Intl.DateTimeFormat(l, { timeStyle: 'short' })).format(date)
  return cached('date', (l) => new Intl.DateTimeFormat(l, { dateStyle: 'medium' })).format(date)
}

export function formatDateTime(at: number): string {
  return cached('dateTime', (l) => new Intl.DateTimeFormat(l, { dateStyle: 'long', timeStyle: 'short' })).format(at)
}

/** Something that will be: the time of today, with the weekday within a week, else with the date. */
export function formatMoment(at: number, now: number = Date.now()): string {
  const days = Math.abs(at - now) / 86_400_000
  if (new Date(at).toDateString() === new Date(now).toDateString()) return formatWhen(at, now)
  const style = { hour: 'numeric', minute: '2-digit' } as const
  if (days < 6) {
    return cached('weekTime', (l) => new Intl.DateTimeFormat(l, { weekday: 'short', ...style })).format(at)
  }
  return cached('dayTime', (l) => new Intl.DateTimeFormat(l, { month: 'short', day: 'numeric', ...style })).format(at)
}

/** @param day as ISO 8601 counts: Monday is 1 */
export function formatWeekday(day: number, style: 'short' | 'long'): string {
  const monday = Date.UTC(2024, 0, 1)
  return cached(`weekday ${style}`, (l) => new Intl.DateTimeFormat(l, { weekday: style, timeZone: 'UTC' })).format(
    monday + (day - 1) * 86_400_000,
  )
}

/** To the second, for a log. */
export function formatStamp(at: number): string {
  return cached('stamp', (l) => new Intl.DateTimeFormat(l, { dateStyle: 'short', timeStyle: 'medium' })).format(at)
}

/** Names of algorithms are the same in every language. */
export const algorithmNames: Readonly<Record<ChecksumAlgorithm, string>> = {
  md5: 'MD5',
  'sha-1': 'SHA-1',
  'sha-256': 'SHA-256',
  'sha-512': 'SHA-512',
  crc64xz: 'CRC-64',
  crc64nvme: 'CRC-64/NVME',
  crc32c: 'CRC-32C',
  crc32: 'CRC-32',
}
