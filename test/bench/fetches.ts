import { fetchCase, type Fetch, type FetchGoal } from './compare'
import type { Case } from './bench'
import { aria2, axel, curl, longshore, wget2, type Program } from './programs'
import { farDelay, limitedRate, mirrorRates } from './server'

const mebibyte = 1024 * 1024
const ours = longshore(16)
const checking = longshore(16, true)
const theirs = aria2(16)

/** The cases in which programs fetch the same files. @param quick smaller, and beside the programs of the goals only */
export function fetchCases(quick: boolean): readonly Case[] {
  const large = (quick ? 512 : 2048) * mebibyte
  const others = (...programs: Program[]): Program[] => (quick ? [] : programs)
  const size = (bytes: number) => `${bytes / mebibyte} MiB`
  const limited = (quick ? 256 : 512) * mebibyte
  const far = (quick ? 64 : 256) * mebibyte
  const many = (name: string, files: number, kibibytes: number, goals: readonly FetchGoal[]): Fetch => ({
    name,
    title: `${files.toLocaleString('en')} files of ${kibibytes} KiB, http to disk, in one batch`,
    server: 'http',
    place: 'disk',
    files,
    size: kibibytes * 1024,
    programs: [ours, theirs, curl, ...others(wget2)],
    goals,
  })
  const cases: readonly Fetch[] = [
    {
      name: 'http-memory',
      title: `${size(large)}, http to memory`,
      server: 'http',
      place: 'memory',
      files: 1,
      size: large,
      programs: [ours, theirs, curl, ...others(wget2, axel)],
      goals: [
        { measure: 'seconds', of: ours, to: theirs, most: 0.7 },
        { measure: 'seconds', of: ours, to: curl, most: 1.05 },
        { measure: 'cpu', of: ours, to: theirs, most: 0.75 },
        { measure: 'cpu', of: ours, to: curl, most: 1.2 },
        { measure: 'memory', of: ours, to: 'idle', most: 40 },
      ],
    },
    {
      name: 'http-64',
      title: '64 MiB, http to memory: whether memory depends on the size',
      server: 'http',
      place: 'memory',
      files: 1,
      size: 64 * mebibyte,
      programs: [ours, curl],
      goals: [{ measure: 'memory', of: ours, to: 'idle', most: 40 }],
    },
    {
      name: 'http-disk',
      title: `${size(large)}, http to disk, with our syncs`,
      server: 'http',
      place: 'disk',
      files: 1,
      size: large,
      programs: [ours, theirs, curl, ...others(wget2)],
      goals: [
        { measure: 'seconds', of: ours, to: theirs, most: 0.6 },
        { measure: 'seconds', of: ours, to: curl, most: 1 },
      ],
    },
    {
      name: 'sha-256',
      title: `${size(large)}, http to disk, SHA-256 asked for`,
      server: 'http',
      place: 'disk',
      files: 1,
      size: large,
      programs: [checking, ours],
      goals: [{ measure: 'seconds', of: checking, to: ours, most: 1.1 }],
    },
    {
      name: 'https-memory',
      title: `${size(large)}, https to memory`,
      server: 'https',
      place: 'memory',
      files: 1,
      size: large,
      programs: [ours, theirs, curl, ...others(wget2)],
      goals: [
        { measure: 'seconds', of: ours, to: theirs, most: 0.8 },
        { measure: 'seconds', of: ours, to: curl, most: 1 },
      ],
    },
    many('small-disk', 2000, 64, [
      { measure: 'seconds', of: ours, to: theirs, most: 0.35 },
      { measure: 'seconds', of: ours, to: curl, most: 1.5 },
    ]),
    {
      name: 'limited',
      title: `${size(limited)} from a server that gives each connection ${limitedRate / mebibyte} MiB/s`,
      server: 'limited',
      place: 'memory',
      files: 1,
      size: limited,
      programs: [ours, theirs],
      goals: [{ measure: 'seconds', of: ours, to: { ideal: limited / (16 * limitedRate) }, most: 1 / 0.97 }],
    },
    {
      name: 'mirrors',
      title: `${size(limited)} from two mirrors, ${mirrorRates.fast / mebibyte} and ${mirrorRates.slow / mebibyte} MiB/s, SHA-256 known`,
      server: 'fast',
      mirror: 'slow',
      place: 'memory',
      files: 1,
      size: limited,
      // Two servers' bytes stand in one file only when a digest can tell whether they belong together.
      programs: [checking, theirs],
      goals: [
        {
          measure: 'seconds',
          of: checking,
          to: { ideal: limited / (mirrorRates.fast + mirrorRates.slow) },
          most: 1 / 0.97,
        },
      ],
    },
    {
      name: 'far',
      title: `${size(far)} from a server ${farDelay} ms away`,
      server: 'far',
      place: 'memory',
      files: 1,
      size: far,
      programs: [ours, theirs, ...others(axel)],
      goals: [{ measure: 'seconds', of: ours, to: theirs, most: 0.9 }],
    },
  ]
  return cases.map(fetchCase)
}

/** Some minutes for one round, most of them aria2's, which is therefore left out: measured once, and last. */
export const tiny: Case = fetchCase({
  name: 'tiny-disk',
  title: '20,000 files of 4 KiB, http to disk, in one batch; measured once',
  server: 'http',
  place: 'disk',
  files: 20_000,
  size: 4096,
  rounds: 1,
  programs: [ours, curl, wget2],
  goals: [],
})
