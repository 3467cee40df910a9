import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { ReportEvent } from '../../src/main/cli/report'
import type { FileOptions, TestFile } from '../server'
import type { Ended, Process } from './processes'
import { eventsOf, type CommandStage } from './command-line'

/** A disk that never says that it has written. */
export const hangingDisk = `--import data:text/javascript,${encodeURIComponent(
  "import{open}from'node:fs/promises';const h=await open('/dev/null');Object.getPrototypeOf(h).datasync=()=>new Promise(()=>{});await h.close()",
)}`
/** The pauses before new attempts are random: here they have no length. */
export const withoutPauses = '--import data:text/javascript,Math.random=()=>0'

/** What is said of one kind, first. */
export const event = <K extends ReportEvent['event']>(list: readonly ReportEvent[], kind: K) =>
  list.find((each): each is Extract<ReportEvent, { event: K }> => each.event === kind)

/**
 * `longshore get` over a store of its own, and the files that it fetches.
 * @param made the stage of the running test, and the options of Node that commands start with
 */
export function getCommand(made: () => { readonly stage: CommandStage; readonly nodeOptions?: string }) {
  const start = (...args: string[]): Process => {
    const { stage, nodeOptions = '' } = made()
    return stage.start(args, { NODE_OPTIONS: nodeOptions })
  }
  const run = (...args: string[]): Promise<Ended> => start(...args).ended
  const get = (...args: string[]): Promise<Ended> => run('get', '--store', made().stage.store, ...args)
  const getJson = async (...args: string[]) => {
    const ended = await get('--json', ...args)
    return { ...ended, events: eventsOf(ended) }
  }
  const serve = (options: Partial<FileOptions> = {}, name = '/data.bin'): TestFile =>
    made().stage.server.file(name, { size: 300_000, ...options })
  const file = (name: string) => path.join(made().stage.folder, name)
  const files = async () => (await readdir(made().stage.folder)).sort()
  return { start, run, get, getJson, serve, file, files }
}
