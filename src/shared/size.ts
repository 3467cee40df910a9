const units: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }

/**
 * Reads a size as people type it: `100K`, `1.5M`, `5GiB`; the units are binary.
 * @returns whole bytes, or `null` when it is not a size
 */
export function parseSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim())
  const unit = units[match?.[2]?.toUpperCase() ?? '']
  if (!match || unit === undefined) return null
  return Math.round(Number(match[1]) * unit)
}

/** Bytes for people: `1.5 GiB`. */
export function formatSize(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(names.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${names[power]}`
}
