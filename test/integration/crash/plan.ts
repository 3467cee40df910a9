import path from 'node:path'
import { runTypeScript, type Process } from '../processes'

/** What a test tells the program that it ends. */
export interface DriverPlan {
  readonly database: string
  readonly folder: string
  /** Added as new downloads, unless an earlier run left so much that the disk might get full. */
  readonly urls: readonly string[]
  readonly mutant: Mutant | null
  /** Halts just there, with everything in flight, until it is killed. */
  readonly halt: Halt | null
}

/** Steps on the disk, and commits of the database. */
export const steps = [
  'part made',
  'synced', // a new part, or a folder
  'committed',
  'done',
  'bytes to be synced',
  'bytes synced',
  'to be linked',
  'linked',
  'to be unlinked',
  'unlinked',
] as const
export type Step = (typeof steps)[number]

export interface Halt {
  readonly step: Step
  /** 1 for the first time. */
  readonly nth: number
}

/** A program that breaks its promise in one way. */
export type Mutant =
  /** The offsets are stored before the bytes are on the disk. */
  | 'commits before it syncs'
  /** The offsets are read after the sync: what was written meanwhile is claimed as well. */
  | 'claims what was written during the sync'
  /** Neither the name of a new part nor the final one is made durable. */
  | 'does not sync the folder'

/** Starts driver.ts; it says `began`, `claimed` when bytes are claimed, then `halted` or `finished`. */
export function runDriver(plan: DriverPlan): Process {
  return runScriptFile('driver.ts', plan)
}

/** Starts repairer.ts; it says `repairing` when it has begun to fetch, and `repaired`. */
export function runRepairer(list: { readonly database: string; readonly targetLocks: string }): Process {
  return runScriptFile('repairer.ts', list)
}

const runScriptFile = (name: string, plan: object): Process =>
  runTypeScript([path.join(import.meta.dirname, name), JSON.stringify(plan)])
