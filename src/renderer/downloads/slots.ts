import type { RowId } from './groups'

/**
 * Which element shows which row. A row keeps its slot while it is in sight; the slot of one that went out of sight shows
 * the next that comes in, so that scrolling changes texts and builds nothing.
 */
export class Slots {
  #slots = new Map<RowId, number>()
  #made = 0
  #keyboard: RowId | null = null

  /**
   * @param rows those in sight
   * @param keyboard the row with the keyboard. When it is there no more its element goes too: the keyboard must not be
   * found in another row.
   * @returns their slots, in their order; the same for the same rows
   */
  assign(rows: readonly RowId[], keyboard: RowId | null): readonly number[] {
    const inSight = new Set(rows)
    if (this.#keyboard !== null && !inSight.has(this.#keyboard)) this.#slots.delete(this.#keyboard)
    this.#keyboard = keyboard
    const free = [...this.#slots].filter(([row]) => !inSight.has(row)).map(([, slot]) => slot)
    const next = new Map<RowId, number>()
    for (const row of rows) next.set(row, this.#slots.get(row) ?? free.pop() ?? this.#made++)
    this.#slots = next
    return [...next.values()]
  }
}
