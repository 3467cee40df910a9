const units: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }

/**
 * Reads a size as people type it: `100K`, `1.5M`, `1,5 MB`, `5GiB`; the units are binary. A comma before three digits may
 * mean thousands: that is no size.
 * @returns whole bytes, or `null` when it is not a size
 */
export function parseSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+|,(?!\d{3}(?!\d))\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim())
  const unit = units[match?.[2]?.toUpperCase() ?? '']
  if (!match || unit === undefined) return null
  return Math.round(Number(match[1]?.replace(',', '.')) * unit)
}

/**
 * Reads a speed as people type it, and as it is shown: `200 KiB/s`, `2M`, `1.5 MB/s`.
 * @returns whole bytes per second, or `null` when it is not a speed
 */
export function parseRate(text: string): number | null {
  return parseSize(text.trim().replace(/\s*(?:\/\s*(?:s(?:ec)?|秒)|ps)$/i, ''))
}

/** Bytes for people: `1.5 GiB`. */
export function formatSize(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const least = Math.min(names.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10))
  // 1023.99 KiB is shown as 1.0 MiB, not as 1024.0 KiB.
  const power = least > 0 && least < names.length - 1 && bytes / 1024 ** least >= 1023.95 ? least + 1 : least
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${names[power]}`
}
