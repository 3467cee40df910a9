import { speedLimitRange } from '../shared/limits'
import { parseSize } from '../shared/size'
import { t } from './text'

/** What is wrong with a limit of speed as it is typed, a size for each second; nothing is wrong with an empty one. */
export function rateProblem(text: string): string | null {
  if (text.trim() === '') return null
  const rate = parseSize(text)
  return rate !== null && rate >= speedLimitRange.min && rate <= speedLimitRange.max ? null : t('invalid.rate')
}

/** A limit as it is typed. */
export function typedRate(rate: number | null): string {
  if (rate === null) return ''
  const unit = (['G', 'M', 'K'] as const).find((each) => rate % (parseSize(`1${each}`) ?? 1) === 0)
  return unit === undefined ? String(rate) : `${rate / (parseSize(`1${unit}`) ?? 1)}${unit}`
}
