import { speedLimitRange } from '../shared/limits'
import { parseRate, parseSize } from '../shared/size'
import { formatSpeed, t } from './text'

/** What is wrong with a limit of speed as it is typed, a size for each second; nothing is wrong with an empty one. */
export function rateProblem(text: string): string | null {
  if (text.trim() === '') return null
  const rate = parseRate(text)
  return rate !== null && rate >= speedLimitRange.min && rate <= speedLimitRange.max ? null : t('invalid.rate')
}

/**
 * How a limit is understood while it is typed: a number without a unit is bytes, and where that is too little to be meant,
 * it says how one writes more. Empty for what is no limit.
 */
export function rateRead(text: string): string {
  const rate = parseRate(text)
  if (rate === null) return ''
  const read = `= ${formatSpeed(rate)}`
  if (rateProblem(text) === null) return read
  return rate < speedLimitRange.min && /^\s*\d+\s*$/.test(text) ? t('rate.noUnit', { read, number: text.trim() }) : ''
}

/** A limit as it is typed. */
export function typedRate(rate: number | null): string {
  if (rate === null) return ''
  const unit = (['G', 'M', 'K'] as const).find((each) => rate % (parseSize(`1${each}`) ?? 1) === 0)
  return unit === undefined ? String(rate) : `${rate / (parseSize(`1${unit}`) ?? 1)}${unit}`
}
