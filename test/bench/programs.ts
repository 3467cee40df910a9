import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../../scripts/paths.mjs'

/** A program that fetches one file. */
export interface Program {
  readonly name: string
  readonly command: string
  /** Arguments that put `url` into `folder` under `file`. */
  args(job: Job): string[]
}

export interface Job {
  readonly url: string
  readonly folder: string
  readonly file: string
  /** For what a program keeps beside the file. */
  readonly scratch: string
}

const longshore = (connections: number): Program => ({
  name: `longshore -x${connections}`,
  command: process.execPath,
  args: ({ url, folder, file, scratch }) => [
    join(root, 'out', 'main', 'cli.js'),
    ...['get', '--quiet', '--store', scratch, '--dir', folder, '--output', file],
    ...['--connections', String(connections), url],
  ],
})

const aria2 = (connections: number): Program => ({
  name: `aria2c -x${connections}`,
  command: 'aria2c',
  args: ({ url, folder, file }) => [
    ...['--quiet', '--no-conf', `--max-connection-per-server=${connections}`, `--split=${connections}`],
    ...['--min-split-size=1M', '--dir', folder, '--out', file, url],
  ],
})

const curl: Program = {
  name: 'curl',
  command: 'curl',
  args: ({ url, folder, file }) => ['--silent', '--fail', '--output', join(folder, file), url],
}

const wget: Program = {
  name: 'wget',
  command: 'wget',
  args: ({ url, folder, file }) => ['--quiet', '--no-hsts', '--output-document', join(folder, file), url],
}

export const ours: readonly Program[] = [longshore(16), longshore(1)]
export const peers: readonly Program[] = [aria2(16), aria2(1), curl, wget]

export function isInstalled({ command }: Program): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}
