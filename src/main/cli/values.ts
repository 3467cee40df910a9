import { speedLimitRange } from '../../shared/limits'
import { parseRate, parseSize } from '../../shared/size'
import { UsageError } from './usage-error'

/** @returns `null` when it was not given @throws UsageError */
export function whole(option: string, text: string | undefined, least: number, most: number): number | null {
  if (text === undefined) return null
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (!(value >= least && value <= most)) throw new UsageError(`${option} takes a number from ${least} to ${most}`)
  return value
}

/** @returns bytes; `null` when it was not given @throws UsageError */
export function sizeBetween(option: string, text: string | undefined, least: string, most: string): number | null {
  if (text === undefined) return null
  const bytes = parseSize(text)
  if (bytes === null || bytes < (parseSize(least) ?? 0) || bytes > (parseSize(most) ?? 0)) {
    throw new UsageError(`${option} takes a size from ${least} to ${most}`)
  }
  return bytes
}

/** @returns bytes per second; `null` when it was not given @throws UsageError */
export function rateOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const rate = parseRate(text)
  if (rate === null || rate < speedLimitRange.min || rate > speedLimitRange.max) {
    throw new UsageError(`${option} takes a speed from 1K to 1T, like 200K or 2M/s`)
  }
  return rate
}
