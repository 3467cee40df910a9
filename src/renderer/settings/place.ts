/** A page that scrolls, in CSS pixels. */
interface Scrolled {
  readonly scrollTop: number
  readonly clientHeight: number
  readonly scrollHeight: number
}

/**
 * The section of a page that is being read: the last one that begins above a line which goes from the top of the view to
 * its end while the page goes from its top to its end. So every section has its turn, also the last ones, which never
 * come to the top.
 * @param tops where each section begins on the page, in order
 * @returns `null` when there is none
 */
export function sectionAt(
  tops: readonly { readonly id: string; readonly top: number }[],
  { scrollTop, clientHeight, scrollHeight }: Scrolled,
): string | null {
  const way = scrollHeight - clientHeight
  const line = scrollTop + (way > 0 ? Math.min(1, scrollTop / way) * clientHeight : 0)
  return (tops.findLast(({ top }) => top <= line) ?? tops[0])?.id ?? null
}
