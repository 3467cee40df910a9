/**
 * What somebody may have meant.
 * @param known words to choose from
 * @returns the nearest one; `null` when none is near
 */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: { readonly name: string; readonly steps: number } | null = null
  for (const name of known) {
    const steps = distance(word.toLowerCase(), name)
    if (steps <= Math.max(1, Math.floor(name.length / 3)) && steps < (best?.steps ?? Infinity)) best = { name, steps }
  }
  const begun = known.filter((name) => word.length >= 3 && name.startsWith(word.toLowerCase()))
  return best?.name ?? (begun.length === 1 ? begun[0]! : null)
}

/** Letters to put in, leave out, replace, or exchange with the next one. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        rows[i - 1]![j]! + 1,
        row[j - 1]! + 1,
        rows[i - 1]![j - 1]! + (same ? 0 : 1),
        swapped ? rows[i - 2]![j - 2]! + 1 : Infinity,
      )
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
