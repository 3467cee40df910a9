import { median, noise } from './statistics'

export type Unit = 's' | 'ms' | 'MiB' | 's/GiB' | 'MiB/s' | '%' | '×'

export type Goal = { readonly most: number } | { readonly least: number }

/** One thing that was measured. */
export interface Figure {
  readonly what: string
  readonly unit: Unit
  /** Median. */
  readonly ours: number
  /** What it is divided by; `null` where the figure stands for itself. */
  readonly other: { readonly name: string; readonly value: number } | null
  /** What the goal is about: the ratio, or `ours`. */
  readonly value: number
  /** See `noise`, of the values of single rounds. */
  readonly noise: number
  /** `null` where it is only to be known. */
  readonly goal: Goal | null
}

/** A figure that stands for itself. */
export function figure(what: string, unit: Unit, values: readonly number[], goal: Goal | null = null): Figure {
  const ours = median(values)
  return { what, unit, ours, other: null, value: ours, noise: noise(values), goal }
}

/**
 * The ratio of two medians.
 * @param ours a value a round
 * @param others those of the same rounds; `name` says whose
 */
export function ratio(
  what: string,
  unit: Unit,
  ours: readonly number[],
  others: { readonly name: string; readonly values: readonly number[] },
  goal: Goal | null = null,
): Figure {
  const other = median(others.values)
  const single = ours.map((value, round) => value / (others.values[round] ?? other))
  return {
    what,
    unit,
    ours: median(ours),
    other: { name: others.name, value: other },
    value: median(ours) / other,
    noise: noise(single),
    goal,
  }
}

export function verdict({ value, goal }: Figure): 'ok' | 'short' | null {
  if (goal === null) return null
  return ('most' in goal ? value <= goal.most : value >= goal.least) ? 'ok' : 'short'
}

/** What is never called a change, in the figure's own unit: clocks and memory are no finer. */
const grain: Readonly<Record<Unit, number>> = { s: 0.02, ms: 1, MiB: 4, 's/GiB': 0.05, 'MiB/s': 1, '%': 1, '×': 0.02 }
/** The same as a share. */
const leastChange = 0.1

/** Beside an earlier result: what is within the noise of both is the same. */
export function changeSince(now: Figure, before: Figure): 'better' | 'worse' | 'same' {
  const difference = now.value - before.value
  const smallest = now.other ? 0.02 : grain[now.unit]
  const explained = Math.max(leastChange, 2 * (now.noise + before.noise)) * Math.abs(before.value)
  if (Math.abs(difference) <= Math.max(smallest, explained)) return 'same'
  const higherIsBetter = now.goal !== null && 'least' in now.goal
  return difference > 0 === higherIsBetter ? 'better' : 'worse'
}
