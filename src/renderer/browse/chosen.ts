export interface Listed {
  readonly key: string
  /** Bytes. */
  readonly size: number
}

/**
 * Which objects are chosen: all but some, or some only. So that "all" also means those that are still to come, and
 * nothing is copied a hundred thousand times.
 */
export class Chosen {
  static readonly all = new Chosen(true, new Set())
  readonly #all: boolean
  readonly #others: ReadonlySet<string>

  private constructor(all: boolean, others: ReadonlySet<string>) {
    this.#all = all
    this.#others = others
  }

  has(key: string): boolean {
    return this.#others.has(key) !== this.#all
  }

  /** @param everything the keys are all there are, and those to come are meant as well */
  with(keys: readonly string[], on: boolean, everything: boolean): Chosen {
    if (everything) return new Chosen(on, new Set())
    const others = new Set(this.#others)
    for (const key of keys) {
      if (on === this.#all) others.delete(key)
      else others.add(key)
    }
    return new Chosen(this.#all, others)
  }
}

/** Those with all the words in their keys, in whatever case. */
export function matching(objects: readonly Listed[], query: string): readonly Listed[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return objects
  return objects.filter(({ key }) => {
    const text = key.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

export function totalOf(objects: readonly Listed[]): number {
  return objects.reduce((sum, { size }) => sum + size, 0)
}
