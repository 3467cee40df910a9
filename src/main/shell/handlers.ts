import { app, clipboard, dialog, nativeTheme } from 'electron'
import path from 'node:path'
import type { Wish } from '../../shared/contract'
import { RequestFailure } from '../../shared/errors'
import { looksLikeUrls } from '../../shared/links'
import type { Countdown } from '../../shared/when-done'
import { mostRecentFolders, type Settings } from '../../shared/settings'
import type { EngineHost } from './engine-host'
import type { Files } from './files'
import type { Folders } from './folders'
import type { CallHandlers } from './ipc'
import { setLanguage } from './language'
import { openFile, showInFolder } from './open-file'
import { keepsSecrets } from './secrets'
import { chooseSettings, confirmReset, exportSettings } from './settings-file'
import { chooseList, chooseListTarget } from './list-dialogs'
import type { MainWindow } from './window'

/** Characters: a longer text is no list of links that somebody copied a moment ago. */
const maxClipboard = 1024 * 1024

export interface HandlerParts {
  readonly engine: EngineHost
  readonly folders: Folders
  readonly files: Files
  readonly window: () => MainWindow
  /** What the window was asked to do since it asked last. */
  readonly wishes: () => readonly Wish[]
  /** What follows when all is done. */
  readonly whenDone: { get(): Countdown | null; stop(): Promise<void>; now(): void }
}

/** What the window's calls do: most go on to the engine's thread. */
export function createHandlers({
  engine: { calls },
  folders,
  files,
  window,
  wishes,
  whenDone,
}: HandlerParts): CallHandlers {
  const completedFile = async (id: number): Promise<string> => {
    const { file } = await calls.locate(id)
    if (file === null) throw new RequestFailure({ code: 'E_STATE', detail: `download ${id} is not complete` })
    return file
  }
  const remember = async (folder: string) => {
    const { recentFolders } = await calls.getSettings()
    if (recentFolders[0] === folder) return
    const others = recentFolders.filter((other) => other !== folder)
    await calls.setSettings({ recentFolders: [folder, ...others].slice(0, mostRecentFolders) })
  }
  return {
    'app.info': () => ({
      version: app.getVersion(),
      platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
      locale: app.getLocale(),
      keepsSecrets: keepsSecrets(),
    }),
    'app.wishes': wishes,
    'downloads.snapshot': () => calls.snapshot(),
    'downloads.first': () => calls.first(),
    'downloads.finished': ({ before }) => calls.finished(before),
    'history.page': ({ query, after }) => calls.history(query, after),
    'list.export': async () => {
      const file = await chooseListTarget(window().window)
      return file === null ? null : calls.exportList(file)
    },
    'list.import': async () => {
      const file = await chooseList(window().window)
      return file === null ? null : calls.importList(file)
    },
    'downloads.add': async (input) => {
      const fallback = downloadFolder(await calls.getSettings())
      const folder = input.folder === null ? null : await folders.redeem(input.folder)
      const outcomes = await calls.add({
        ...input,
        folder,
        fallback,
        adopt: input.adopt === null ? null : files.redeem(input.adopt),
      })
      if (folder !== null) void remember(folder).catch(() => undefined) // what was added is added
      return outcomes
    },
    'files.choose': ({ what }) => files.choose(what, window().window),
    'downloads.export': async ({ id }) => {
      const target = await files.target(await calls.nameOf(id), window().window)
      return target === null ? null : { path: target, bytes: await calls.exportDownload(id, target) }
    },
    'downloads.stopErrand': ({ id }) => calls.stopErrand(id),
    'downloads.import': async ({ file, folder, start }) =>
      calls.importDownload(files.redeem(file), await folders.redeem(folder), start),
    'downloads.importing': () => calls.importing(),
    'downloads.stopImport': () => calls.stopImport(),
    'documents.read': ({ text }) => calls.readDocument(text),
    'documents.add': async ({ text, chosen, folder, start }) =>
      calls.addDocument(text, chosen, await folders.redeem(folder), start),
    'downloads.look': ({ url, account }) => calls.look(url, account),
    'downloads.pause': ({ ids }) => calls.pause(ids),
    'downloads.resume': ({ ids }) => calls.resume(ids),
    'downloads.startNow': ({ ids }) => calls.startNow(ids),
    'downloads.pauseAll': () => calls.pauseAll(),
    'downloads.resumeAll': () => calls.resumeAll(),
    'downloads.remove': ({ ids, deleteFile }) => calls.remove(ids, deleteFile),
    'downloads.removeLater': ({ ids }) => calls.removeLater(ids),
    'downloads.restore': ({ ids }) => calls.restore(ids),
    'downloads.categorize': ({ ids, category }) => calls.categorize(ids, category),
    'downloads.move': ({ moves }) => calls.move(moves),
    'downloads.limit': ({ ids, rate }) => calls.limit(ids, rate),
    'downloads.prioritize': ({ ids, priority }) => calls.prioritize(ids, priority),
    'downloads.toQueue': ({ ids, queue }) => calls.toQueue(ids, queue),
    'downloads.appoint': ({ ids, startAt, stopAt }) => calls.appoint(ids, startAt, stopAt),
    'downloads.onlyNow': ({ ids }) => calls.onlyNow(ids),
    'queues.list': () => calls.queues(),
    'queues.save': async ({ id, choices, folder }) =>
      calls.saveQueue(id, choices, typeof folder === 'string' ? await folders.redeem(folder) : folder),
    'queues.run': ({ id, run }) => calls.runQueue(id, run),
    'queues.remove': ({ id }) => calls.removeQueue(id),
    'queues.folder': async ({ id }) => {
      const folder = (await calls.queues()).find((queue) => queue.id === id)?.folder ?? null
      return folder === null ? null : folders.offer(folder)
    },
    'downloads.authorize': ({ id, user, password, headers, cookies }) =>
      calls.authorize(id, user, password, headers, cookies),
    'downloads.restart': ({ ids }) => calls.restart(ids),
    'downloads.verify': ({ id }) => calls.verify(id),
    'downloads.repair': ({ id }) => calls.repair(id),
    'downloads.digest': ({ id, algorithm }) => calls.digest(id, algorithm),
    'downloads.compare': ({ id, checksum }) => calls.compare(id, checksum),
    'downloads.relink': ({ id, url }) => calls.relink(id, url),
    'downloads.setMirrors': ({ id, urls }) => calls.setMirrors(id, urls),
    'downloads.editable': ({ id }) => calls.editable(id),
    'downloads.edit': ({ id, ...change }) => calls.edit(id, change),
    'downloads.inspect': ({ id }) => calls.inspect(id),
    'downloads.open': async ({ id }) => openFile(await completedFile(id), window().window),
    'downloads.showInFolder': async ({ id }) => {
      const { file, folder } = await calls.locate(id)
      return showInFolder(file, folder)
    },
    'downloads.showGroup': async ({ id }) => showInFolder(null, await calls.groupFolder(id)),
    'folders.choose': async () => {
      const { filePaths } = await dialog.showOpenDialog(window().window, {
        properties: ['openDirectory', 'createDirectory'],
        defaultPath: downloadFolder(await calls.getSettings()),
      })
      return filePaths[0] === undefined ? null : folders.offer(filePaths[0])
    },
    'folders.typed': ({ text }) => folders.typed(text),
    'folders.space': ({ folder }) => folders.space(folder),
    'folders.recent': async () => folders.offerThere((await calls.getSettings()).recentFolders),
    'folders.ofCategory': async ({ category }) => {
      const settings = await calls.getSettings()
      return folders.offer(settings.categories.find(({ id }) => id === category)?.folder ?? downloadFolder(settings))
    },
    'folders.default': async () => folders.offer(downloadFolder(await calls.getSettings())),
    'clipboard.write': ({ text }) => clipboard.writeText(text),
    'clipboard.links': async () => {
      if (!(await calls.getSettings()).clipboardLinks) return ''
      const text = await clipboard.readText()
      return text.length <= maxClipboard && looksLikeUrls(text) ? text.trim() : ''
    },
    'downloads.thaw': ({ id }) => calls.thaw(id),
    'accounts.list': () => calls.listAccounts(),
    'accounts.save': ({ account, secret }) => calls.saveAccount(account, secret),
    'accounts.remove': ({ id }) => calls.removeAccount(id),
    'accounts.test': ({ account, secret }) => calls.testAccount(account, secret),
    'hostRules.list': () => calls.listHostRules(),
    'hostRules.save': ({ rule, secret, keepsProxyLogin }) => calls.saveHostRule(rule, secret, keepsProxyLogin),
    'hostRules.remove': ({ id }) => calls.removeHostRule(id),
    'cloud.list': ({ url, account, token }) => calls.listObjects(url, account, token),
    'whenDone.get': () => whenDone.get(),
    'whenDone.stop': () => whenDone.stop(),
    'whenDone.now': () => whenDone.now(),
    'speed.slow': () => calls.slow(),
    'speed.setSlow': ({ on }) => calls.setSlow(on),
    'settings.get': () => calls.getSettings(),
    'settings.set': (change) => calls.setSettings(withoutUndefined(change)),
    'settings.export': async () => {
      const rules = (await calls.listHostRules()).map(({ secret: _, proxyLogin: __, ...rule }) => rule)
      return exportSettings({ settings: await calls.getSettings(), rules }, window().window)
    },
    'settings.import': async () => {
      const chosen = await chooseSettings(window().window)
      if (chosen === null) return null
      if (chosen.rules !== null) await calls.replaceHostRules(chosen.rules)
      return calls.setSettings(chosen.settings)
    },
    'settings.reset': async () => {
      const defaults = await confirmReset(window().window)
      return defaults && calls.setSettings(defaults)
    },
    'settings.chooseAuthority': async () => {
      const { filePaths } = await dialog.showOpenDialog(window().window, {
        properties: ['openFile'],
        filters: [
          { name: 'PEM', extensions: ['pem', 'crt', 'cer'] },
          { name: '*', extensions: ['*'] },
        ],
      })
      return filePaths[0] === undefined ? null : calls.setSettings({ caFile: filePaths[0] })
    },
    'settings.chooseCertificate': async () => {
      const { filePaths } = await dialog.showOpenDialog(window().window, {
        properties: ['openFile'],
        filters: [
          { name: 'PKCS#12, PEM', extensions: ['p12', 'pfx', 'pem'] },
          { name: '*', extensions: ['*'] },
        ],
      })
      const [file] = filePaths
      if (file === undefined) return null
      try {
        return { kind: 'set', settings: await calls.setCertificate(file, '') }
      } catch (error) {
        if (!(error instanceof RequestFailure) || error.error.field !== 'passphrase') throw error
        return { kind: 'locked', token: files.hold(file), path: file }
      }
    },
    'settings.unlockCertificate': ({ token, passphrase }) => calls.setCertificate(files.redeem(token), passphrase),
    'settings.saveCategory': async ({ folder, ...category }) => {
      const { categories } = await calls.getSettings()
      const before = categories.find(({ id }) => id === category.id)
      const kept = before?.folder ?? null
      const saved = {
        ...category,
        folder: typeof folder === 'string' ? await folders.redeem(folder) : folder === null ? null : kept,
      }
      return calls.setSettings({
        categories: before ? categories.map((other) => (other === before ? saved : other)) : [saved, ...categories],
      })
    },
    'settings.moveCategory': async ({ id: moved, before }) => {
      const { categories } = await calls.getSettings()
      const rest = categories.filter(({ id }) => id !== moved)
      const at = rest.findIndex(({ id }) => id === before)
      const moving = categories.filter(({ id }) => id === moved)
      return calls.setSettings({ categories: rest.toSpliced(at === -1 ? rest.length : at, 0, ...moving) })
    },
    'settings.removeCategory': async ({ id: gone }) => {
      const { categories } = await calls.getSettings()
      return calls.setSettings({ categories: categories.filter(({ id }) => id !== gone) })
    },
    'settings.setFolder': async ({ folder }) => calls.setSettings({ folder: await folders.redeem(folder) }),
  }
}

/** The folder for new downloads. */
export function downloadFolder(settings: Settings): string {
  return settings.folder ?? systemDownloads()
}

/** The system's folder for downloads. Where it names none, Electron answers with the home folder itself. */
export function systemDownloads(): string {
  const folder = app.getPath('downloads')
  return folder === app.getPath('home') ? path.join(folder, 'Downloads') : folder
}

/** What the shell itself does with the settings. */
export function applySettings(settings: Settings): Settings {
  nativeTheme.themeSource = settings.appearance
  setLanguage(settings.language)
  return settings
}

/** A field that is there but undefined means: leave it as it is. */
function withoutUndefined(change: { [K in keyof Settings]?: Settings[K] | undefined }): Partial<Settings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}
