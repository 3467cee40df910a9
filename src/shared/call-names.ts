import type { CallName, EventName } from './contract'

/**
 * The contract's names without its schemas, for the preload script: it forwards these and nothing else, and stays free
 * of the schema library.
 */
export const callNames = [
  'app.info',
  'app.wishes',
  'downloads.snapshot',
  'downloads.finished',
  'downloads.add',
  'downloads.look',
  'downloads.pause',
  'downloads.resume',
  'downloads.pauseAll',
  'downloads.resumeAll',
  'downloads.remove',
  'downloads.removeLater',
  'downloads.restore',
  'downloads.move',
  'downloads.prioritize',
  'downloads.toQueue',
  'downloads.appoint',
  'downloads.onlyNow',
  'queues.list',
  'queues.save',
  'queues.run',
  'queues.remove',
  'queues.folder',
  'downloads.authorize',
  'downloads.restart',
  'downloads.relink',
  'downloads.setMirrors',
  'downloads.editable',
  'downloads.edit',
  'downloads.inspect',
  'downloads.verify',
  'downloads.repair',
  'downloads.open',
  'downloads.showInFolder',
  'downloads.showGroup',
  'folders.choose',
  'folders.space',
  'folders.recent',
  'folders.ofCategory',
  'folders.default',
  'clipboard.links',
  'downloads.thaw',
  'accounts.list',
  'accounts.save',
  'accounts.remove',
  'accounts.test',
  'cloud.list',
  'clipboard.write',
  'settings.get',
  'settings.set',
  'settings.export',
  'settings.import',
  'settings.reset',
  'settings.saveCategory',
  'settings.removeCategory',
  'settings.setFolder',
  'settings.chooseAuthority',
] as const satisfies readonly CallName[]

export const eventNames = [
  'changed',
  'progress',
  'inspection',
  'settings',
  'queues',
  'wished',
  'problem',
] as const satisfies readonly EventName[]

type ListedName = (typeof callNames)[number] | (typeof eventNames)[number]
/** Fails to compile when a name of the contract is missing above. */
export const complete: CallName | EventName extends ListedName ? true : 'a name is missing' = true
