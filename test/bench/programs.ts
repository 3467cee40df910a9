import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../../scripts/paths.mjs'

/** A program that fetches files under the names that they have on the server. */
export interface Program {
  readonly name: string
  readonly command: string
  /** Told the SHA-256 that the file should have. */
  readonly checks?: boolean
  args(job: Job): string[]
}

export interface Job {
  readonly urls: readonly string[]
  /** Another address of the only file. */
  readonly mirror?: string
  /** A file with the same addresses, one a line. */
  readonly list: string
  readonly folder: string
  /** For what a program keeps beside the files. */
  readonly scratch: string
  /** The authority of the server's certificate. */
  readonly ca: string | null
  /** SHA-256 that the file should have, for those that check it. */
  readonly sha256: string | null
}

const what = ({ urls, list }: Job): string[] => (urls.length === 1 ? [urls[0]!] : ['-i', list])

export const commandLine = join(root, 'out', 'main', 'cli.js')

/**
 * @param connections per download; all at once, as the others do
 * @param checks whether a SHA-256 is asked for
 */
export const longshore = (connections: number, checks = false): Program => ({
  name: `longshore -x${connections}${checks ? ', SHA-256' : ''}`,
  command: process.execPath,
  checks,
  args: (job) => [
    commandLine,
    ...['get', '--quiet', '--store', job.scratch, '--dir', job.folder],
    ...(job.urls.length === 1 ? ['--connections', String(connections)] : ['--concurrent', String(connections)]),
    ...(job.ca === null ? [] : ['--ca-certificate', job.ca]),
    ...(job.sha256 === null || !checks ? [] : ['--checksum', `sha-256=${job.sha256}`]),
    ...(job.mirror === undefined ? [] : ['--mirror', job.mirror]),
    ...what(job),
  ],
})

/** @param connections per download; with several, downloads at a time */
export const aria2 = (connections: number): Program => ({
  name: `aria2c -x${connections}`,
  command: 'aria2c',
  args: (job) => [
    ...['--quiet', '--no-conf', '--min-split-size=1M', '--dir', job.folder],
    ...[
      `--max-connection-per-server=${connections}`,
      `--split=${connections}`,
      `--max-concurrent-downloads=${connections}`,
    ],
    ...(job.ca === null ? [] : ['--ca-certificate', job.ca]),
    ...what(job),
    // Several addresses in its arguments are one file.
    ...(job.mirror === undefined ? [] : [job.mirror]),
  ],
})

export const curl: Program = {
  name: 'curl',
  command: 'curl',
  args: (job) => [
    ...['--silent', '--no-progress-meter', '--fail', '--output-dir', job.folder, '--remote-name-all'],
    ...(job.ca === null ? [] : ['--cacert', job.ca]),
    ...(job.urls.length === 1 ? job.urls : ['--parallel', '--parallel-max', '16', '--config', `${job.list}.curl`]),
  ],
}

export const wget2: Program = {
  name: 'wget2',
  command: 'wget2',
  args: (job) => [
    ...['--quiet', '--no-hsts', '--no-robots', '--directory-prefix', job.folder],
    ...(job.ca === null ? [] : ['--ca-certificate', job.ca]),
    ...what(job),
  ],
}

export const axel: Program = {
  name: 'axel -n16',
  command: 'axel',
  // It has no way to name an authority of one's own.
  args: (job) => [
    ...['--quiet', '--num-connections=16', ...(job.ca === null ? [] : ['--insecure'])],
    ...['--output', join(job.folder, 'data.bin'), ...job.urls],
  ],
}

/** Node that does nothing: what it takes in memory by itself. */
export const idleNode: Program = {
  name: 'node, idle',
  command: process.execPath,
  args: () => ['--eval', 'setTimeout(() => {}, 300)'],
}

export function isInstalled({ command }: Program): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}
