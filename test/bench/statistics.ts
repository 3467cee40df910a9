/** The middle value; the mean of both where there are two. @throws where there is none */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** @param share 0 the smallest to 1 the largest; between two values the line that joins them */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('a quantile of nothing')
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]!
  return below + (place % 1) * (sorted[Math.ceil(place)]! - below)
}

/** How far the middle half of the values lies from their median, as a share of it: what chance alone explains. */
export function noise(values: readonly number[]): number {
  const middle = median(values)
  return middle === 0 ? 0 : (quantile(values, 0.75) - quantile(values, 0.25)) / 2 / Math.abs(middle)
}
