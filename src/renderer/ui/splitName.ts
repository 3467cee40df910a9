/** In these every unit is a character of its own. */
const plain = /^[ -~]*$/
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * The part of a name that may be cut off on screen, and the end that may not. Never splits inside a character as people
 * see it: か + ゛ stay together, and so does a flag.
 */
export function splitName(name: string, tail: number): readonly [head: string, tail: string] {
  if (name.length <= tail * 2) return [name, '']
  if (plain.test(name.slice(-tail - 1))) return [name.slice(0, -tail), name.slice(-tail)]
  // Only the end is segmented: a character of more than 64 units does not occur in names.
  const from = Math.max(0, name.length - tail - 64)
  const starts = [...graphemes.segment(name.slice(from))].map((part) => from + part.index)
  const cut = starts.at(-tail)
  return cut === undefined || cut === 0 ? [name, ''] : [name.slice(0, cut), name.slice(cut)]
}
