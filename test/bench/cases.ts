import { aria2, axel, curl, longshore, wget, wget2, type Program } from './programs'

export type Measure = 'seconds' | 'cpu' | 'memory'

/** What must hold in one case: a ratio of medians of one run. */
export interface Goal {
  readonly measure: Measure
  readonly of: Program
  readonly to:
    | Program
    /** The best that the server allows, s. */
    | { readonly ideal: number }
    /** MiB above a Node that does nothing. */
    | 'idle'
    /** The same program without the checksum. */
    | 'unchecked'
  /** At most; MiB where it is `idle`. */
  readonly most: number
}

export interface Case {
  readonly name: string
  readonly title: string
  readonly server: 'http' | 'https' | 'limited' | 'far'
  readonly place: 'memory' | 'disk'
  readonly files: number
  /** Bytes of each file. */
  readonly size: number
  readonly checksum?: boolean
  /** In the order of the table; those that are not installed are left out. */
  readonly programs: readonly Program[]
  readonly goals: readonly Goal[]
}

const mebibyte = 1024 * 1024
/** Bytes per second of a connection to the server that limits them. */
export const limitedRate = 4 * mebibyte
/** ms there and back to the server that is far away. */
export const farDelay = 50

const ours = longshore(16)
const theirs = aria2(16)

/** @param quick smaller, and beside the programs of the goals only */
export function cases(quick: boolean): readonly Case[] {
  const large = (quick ? 512 : 2048) * mebibyte
  const others = (...programs: Program[]): Program[] => (quick ? [] : programs)
  const small = (name: string, files: number, size: number, place: Case['place'], goals: readonly Goal[]): Case => ({
    name,
    title: `${files.toLocaleString('en')} files of ${size / 1024} KiB, http to ${place}, in one batch`,
    server: 'http',
    place,
    files,
    size,
    programs: [ours, theirs, curl, ...others(wget2, wget)],
    goals,
  })
  return [
    {
      name: 'http-memory',
      title: `${large / mebibyte} MiB, http to memory`,
      server: 'http',
      place: 'memory',
      files: 1,
      size: large,
      programs: [ours, ...others(longshore(1)), theirs, ...others(aria2(1)), curl, ...others(wget2, wget, axel)],
      goals: [
        { measure: 'seconds', of: ours, to: theirs, most: 0.7 },
        { measure: 'seconds', of: ours, to: curl, most: 1.05 },
        { measure: 'cpu', of: ours, to: theirs, most: 0.75 },
        { measure: 'cpu', of: ours, to: curl, most: 1.2 },
        { measure: 'memory', of: ours, to: 'idle', most: 40 },
      ],
    },
    {
      name: 'http-disk',
      title: `${large / mebibyte} MiB, http to disk`,
      server: 'http',
      place: 'disk',
      files: 1,
      size: large,
      programs: [ours, theirs, curl, ...others(wget2, wget, axel)],
      goals: [
        { measure: 'seconds', of: ours, to: theirs, most: 0.6 },
        { measure: 'seconds', of: ours, to: curl, most: 1 },
        { measure: 'memory', of: ours, to: 'idle', most: 40 },
      ],
    },
    {
      name: 'https-memory',
      title: `${large / mebibyte} MiB, https to memory`,
      server: 'https',
      place: 'memory',
      files: 1,
      size: large,
      programs: [ours, theirs, curl, ...others(wget2, wget, axel)],
      goals: [
        { measure: 'seconds', of: ours, to: theirs, most: 0.8 },
        { measure: 'seconds', of: ours, to: curl, most: 1 },
      ],
    },
    small('small-disk', 2000, 64 * 1024, 'disk', [
      { measure: 'seconds', of: ours, to: theirs, most: 0.35 },
      { measure: 'seconds', of: ours, to: curl, most: 1.5 },
    ]),
    small('small-memory', 2000, 64 * 1024, 'memory', []),
    ...(quick ? [] : [small('tiny-disk', 20_000, 4 * 1024, 'disk', [])]),
    {
      name: 'limited',
      title: `512 MiB from a server that gives each connection ${limitedRate / mebibyte} MiB/s`,
      server: 'limited',
      place: 'memory',
      files: 1,
      size: 512 * mebibyte,
      programs: [ours, theirs],
      goals: [{ measure: 'seconds', of: ours, to: { ideal: (512 * mebibyte) / (16 * limitedRate) }, most: 1 / 0.97 }],
    },
    {
      name: 'far',
      title: `256 MiB from a server ${farDelay} ms away`,
      server: 'far',
      place: 'memory',
      files: 1,
      size: 256 * mebibyte,
      programs: [ours, theirs, curl, ...others(axel)],
      goals: [{ measure: 'seconds', of: ours, to: theirs, most: 0.9 }],
    },
    {
      name: 'sha-256',
      title: `${large / mebibyte} MiB, http to disk, SHA-256 asked for`,
      server: 'http',
      place: 'disk',
      files: 1,
      size: large,
      checksum: true,
      programs: [ours],
      goals: [{ measure: 'seconds', of: ours, to: 'unchecked', most: 1.1 }],
    },
  ]
}
