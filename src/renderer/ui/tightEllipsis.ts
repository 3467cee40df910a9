/**
 * An ellipsis stands behind the last character that has room, so up to the width of a character stays empty before what
 * follows it. Here what follows is moved there. It is painted elsewhere, not laid out anew.
 */
let observer: ResizeObserver | undefined

/** @returns what ends it */
export function keepTight(head: Element): () => void {
  const watching = (observer ??= new ResizeObserver(moveTails))
  watching.observe(head)
  return () => watching.unobserve(head)
}

function moveTails(entries: readonly ResizeObserverEntry[]): void {
  // All is read before anything is written.
  const gaps = entries.map(({ target }) => ({ tail: target.nextElementSibling, gap: gapOf(target) }))
  for (const { tail, gap } of gaps) {
    if (tail instanceof HTMLElement) tail.style.transform = gap < 1 ? '' : `translateX(${-gap}px)`
  }
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

/** CSS pixels between the ellipsis of an element and its end; 0 when it has none. */
function gapOf(head: Element): number {
  const text = head.firstChild
  if (!(text instanceof Text) || head.scrollWidth <= head.clientWidth || rightToLeft.test(text.data)) return 0
  const { left, width } = head.getBoundingClientRect()
  const range = document.createRange()
  range.setStart(text, 0)
  const widthOf = (count: number) => {
    range.setEnd(text, count)
    return range.getBoundingClientRect().right - left
  }
  const room = width - ellipsisWidth(getComputedStyle(head).font)
  return room - widest(widthOf, text.length, room)
}

/**
 * @param widthOf of the first characters; rises with their number
 * @returns the greatest width that has room; 0 when none has
 */
export function widest(widthOf: (count: number) => number, length: number, room: number): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (widthOf(middle) <= room) low = middle
    else high = middle - 1
  }
  return low === 0 ? 0 : widthOf(low)
}

const widths = new Map<string, number>()
function ellipsisWidth(font: string): number {
  let width = widths.get(font)
  if (width === undefined) {
    const pen = document.createElement('canvas').getContext('2d')
    if (pen) pen.font = font
    width = pen?.measureText('…').width ?? 0
    widths.set(font, width)
  }
  return width
}
