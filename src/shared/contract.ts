import { z } from 'zod'
import { accountSchema, type AccountView } from './accounts'
import { categorySchema } from './categories'
import { priorities, type ChecksumAlgorithm, type DownloadId, type DownloadView } from './download'
import type { DownloadError, RequestError } from './errors'
import { hostRuleSchema, type HostRuleView } from './host-rules'
import { historyPlaceSchema, type HistoryPlace } from './history'
import type { Inspection } from './inspection'
import { maxCookieText, maxMirrors, maxUrls, partSizeRange } from './limits'
import { queueChoicesSchema, type QueueId, type QueueView } from './queues'
import { checksumAlgorithms, type CheckReport, type Checksum, type Comparison } from './verification'
import type { BundleLook } from './bundle'
import type { Countdown } from './when-done'
import { connectionsSchema, settingsChangeSchema, speedLimitSchema, type Settings } from './settings'

/**
 * The whole conversation between window and main process: one map of calls, one of events. The preload bridge exposes
 * exactly these names; the main process checks the sender and parses the input before anything else happens.
 */

/** Stands for a folder that a dialog of the main process returned: the window never sends a path. */
export const folderTokenSchema = z.string().min(1).max(64)

/** Stands for a file that the user chose in a dialog or dropped onto the window. */
export const fileTokenSchema = z.string().min(1).max(64)

const idsSchema = z.array(z.number().int().positive()).max(1_000_000)
const queueIdSchema = z.number().int().positive()
/** ms since the epoch. */
const instantSchema = z.number().int().nonnegative()
const text = (max: number) => z.string().max(max)

export const addInputSchema = z.strictObject({
  /** One address a line of the form, at most 10,000 at a time. */
  urls: z.array(text(65_536)).min(1).max(maxUrls),
  /** `null` for the folder of each one's category. */
  folder: folderTokenSchema.nullable(),
  /** Only with a single URL; `null` takes the server's name. */
  name: text(1024).nullable(),
  /** `null` takes the setting. */
  connections: connectionsSchema.nullable(),
  /** `Name: value` lines. */
  headers: text(65_536),
  /** `name=value; name2=value2` lines for the address's own origin, or the text of a Netscape cookie file. */
  cookies: text(maxCookieText).default(''),
  user: text(1024),
  password: text(4096),
  /** `algorithm=hex`, or bare hex whose length names the algorithm; empty for none. */
  checksum: text(256),
  /** Further addresses of the same file; only with a single URL. */
  mirrors: z.array(text(65_536)).max(maxMirrors).default([]),
  /** Id of the cloud account whose keys sign; `null` leaves the choice to the address. */
  account: text(64).nullable().default(null),
  /** Bytes of the smallest piece that gets a connection of its own; `null` takes the default. */
  partSize: z.number().int().min(partSizeRange.min).max(partSizeRange.max).nullable().default(null),
  /** Bytes of a file below which one connection is all it gets; `null` leaves that to the pace. */
  threshold: z.number().int().nonnegative().nullable().default(null),
  /** Bytes per second; `null` is no limit of its own. */
  limit: speedLimitSchema.nullable().default(null),
  /** A prefix that all `urls` are under: what is beyond it in their keys becomes folders. */
  root: text(65_536).nullable().default(null),
  /** What all of them are one line of in the list; several calls may name the same. `null`: each is its own. */
  group: z
    .strictObject({ id: z.uuid(), name: text(1024).min(1) })
    .nullable()
    .default(null),
  /**
   * Downloads that these addresses replace: unfinished ones begin again from byte 0; a completed one is downloaded anew,
   * and its file is replaced when the new one is whole.
   */
  replaces: idsSchema.default([]),
  /** `null` for the default one. */
  queue: queueIdSchema.nullable().default(null),
  /** Id of a category, with its folder; `null` leaves it to the rules. */
  category: text(64).nullable().default(null),
  /** A partial file of another program to go on with; only with a single URL. */
  adopt: fileTokenSchema.nullable().default(null),
  start: z.boolean(),
})
export type AddInput = z.infer<typeof addInputSchema>

const accountInputSchema = z.strictObject({
  account: accountSchema,
  secret: z.strictObject({ secret: text(1024).trim(), token: text(8192).trim() }).nullable(),
})

export type ObjectPage =
  | { readonly objects: readonly { readonly key: string; readonly size: number }[]; readonly next: string | null }
  | { readonly error: DownloadError }

export type AddOutcome =
  { readonly url: string; readonly id: DownloadId } | { readonly url: string; readonly error: RequestError }

/** Characters of a Metalink document; see `longestMetalink`. */
const documentSchema = z.string().max(16 * 1024 * 1024)

/** A file on this computer, and what it is good for. */
export type LocalFile = { readonly token: string; readonly name: string } & (
  | { readonly kind: 'bundle'; readonly look: BundleLook }
  | { readonly kind: 'document'; readonly text: string }
  /** Bytes, and the folder it is in. */
  | { readonly kind: 'other'; readonly size: number; readonly folder: FolderChoice }
)

/** One of the files that a Metalink document describes. */
export interface DescribedFile {
  readonly name: string
  readonly size: number | null
  /** Servers that have it. */
  readonly servers: number
  /** What it is compared with when it is there; `null` when nothing is said. */
  readonly algorithm: ChecksumAlgorithm | null
}

/** What a server says of an address before anything is fetched. */
export type LinkLook =
  | {
      readonly kind: 'answered'
      readonly name: string
      /** Bytes; `null` when it does not say. */
      readonly total: number | null
      /** Whether it says that it serves ranges; `null` when it says nothing. */
      readonly ranges: boolean | null
      /** Digests that it sends along. */
      readonly digests: readonly ChecksumAlgorithm[]
      /** It is a web page. */
      readonly page: boolean
    }
  /** Nothing to be known before the download begins. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'refused'; readonly error: DownloadError }

export interface FolderChoice {
  readonly token: string
  /** To show, not to send back. */
  readonly path: string
}

/** Why nothing can be saved in a folder that was typed. */
export type FolderProblem = 'relative' | 'file' | 'system' | 'readonly' | 'unreadable'

export type TypedFolder =
  /** `there`: false when it is made as soon as something is saved in it. */
  { readonly folder: FolderChoice; readonly there: boolean } | { readonly wrong: FolderProblem }

export interface Snapshot {
  /** Events with a revision up to this one are already part of the snapshot. */
  readonly revision: number
  readonly downloads: readonly DownloadView[]
}

export interface AppInfo {
  readonly version: string
  readonly platform: 'linux' | 'darwin' | 'win32'
  readonly locale: string
  /** False where the system offers no encryption: then passwords and headers are forgotten at quit. */
  readonly keepsSecrets: boolean
}

/** Something that the window is to do, asked for from outside of it. */
export type Wish =
  /** Show the form with this text in it; empty for an empty form. */
  | { readonly kind: 'add'; readonly text: string }
  /** Show what is under a prefix of a cloud store, to choose from. */
  | { readonly kind: 'browse'; readonly root: string }
  | { readonly kind: 'settings' }
  /** Show a download in the list. */
  | { readonly kind: 'reveal'; readonly id: DownloadId }

/**
 * A snapshot on its way to the window. One text crosses threads, processes and the bridge ten times as fast as 50,000
 * objects, which each of them would copy one by one.
 */
export interface SnapshotText {
  readonly revision: number
  /** JSON of `DownloadView[]`: everything that is not completed. */
  readonly downloads: string
}

export interface Editable {
  /** Without credentials, as all addresses here. */
  readonly url: string
  readonly mirrors: readonly string[]
  /** `null` follows the setting. */
  readonly connections: number | null
  /** `algorithm=hex`; empty for none. */
  readonly checksum: string
  /** Whether a login, headers or cookies belong to it. They are not told. */
  readonly hasCredentials: boolean
}

export interface HistoryPage {
  readonly downloads: readonly DownloadView[]
  /** `null` when this is the last one. */
  readonly next: HistoryPlace | null
}

/** How many of a list's downloads were added, and how many were there already. */
export interface ListImport {
  readonly added: number
  readonly known: number
}

export interface FinishedText {
  /** JSON of `DownloadView[]`, the last ones that were added first. */
  readonly downloads: string
  /** Where the next page begins; `null` when this is the last one. */
  readonly next: DownloadId | null
}

interface Call<I extends z.ZodType, O> {
  readonly input: I
  /** Carries the output type only; never read. */
  readonly output?: O
}
const call = <O>() => {
  return <I extends z.ZodType>(input: I): Call<I, O> => ({ input })
}

export const calls = {
  'app.info': call<AppInfo>()(z.undefined()),
  /** What tray, notifications and other programs asked of the window since it asked last. */
  'app.wishes': call<readonly Wish[]>()(z.undefined()),
  'downloads.snapshot': call<SnapshotText>()(z.undefined()),
  /** JSON of `DownloadView[]`: the head of the queue, a screen full, to be shown until the snapshot is there. */
  'downloads.first': call<string>()(z.undefined()),
  /** A page of the completed ones: they are many, and what is to be done is wanted first. */
  'downloads.finished': call<FinishedText>()(z.strictObject({ before: z.number().int().positive().nullable() })),
  /** A page of the completed ones that have every word of the query in name or address, the last finished first. */
  'history.page': call<HistoryPage>()(z.strictObject({ query: text(1024), after: historyPlaceSchema.nullable() })),
  /** Asks for a file and writes the whole list there, without secrets; `null` when the user cancelled. */
  'list.export': call<number | null>()(z.undefined()),
  /** Asks for such a file and adds what is not in the list; `null` when the user cancelled. */
  'list.import': call<ListImport | null>()(z.undefined()),
  /** Adds each URL on its own: one bad line does not lose the good ones. Form-wide problems reject the call. */
  'downloads.add': call<readonly AddOutcome[]>()(addInputSchema),
  /** Asks for a file and says what it is; `null` when the user cancelled. @see LocalFile */
  'files.choose': call<LocalFile | null>()(z.strictObject({ what: z.enum(['bundle', 'document', 'partial']) })),
  /** Asks for a name, and writes a paused copy of the download there; `null` when the user cancelled. */
  'downloads.export': call<{ readonly path: string; readonly bytes: number } | null>()(
    z.strictObject({ id: z.number().int().positive() }),
  ),
  /** Ends a check, a repair or an export, which is rejected with E_STOPPED. */
  'downloads.stopErrand': call<void>()(z.strictObject({ id: z.number().int().positive() })),
  /** Adds what a bundle brings; resolves when all of it is there. */
  'downloads.import': call<DownloadId>()(
    z.strictObject({ file: fileTokenSchema, folder: folderTokenSchema, start: z.boolean() }),
  ),
  /** Bytes that an import has brought so far; `null` while there is none. */
  'downloads.importing': call<number | null>()(z.undefined()),
  'downloads.stopImport': call<void>()(z.undefined()),
  /** Rejected with E_DOCUMENT when it is no Metalink document. */
  'documents.read': call<readonly DescribedFile[]>()(z.strictObject({ text: documentSchema })),
  /** Adds those of its files, by their place in `documents.read`. */
  'documents.add': call<readonly DownloadId[]>()(
    z.strictObject({
      text: documentSchema,
      chosen: z.array(z.number().int().nonnegative()).max(1000),
      folder: folderTokenSchema,
      start: z.boolean(),
    }),
  ),
  /** Asks what an address leads to, without credentials; `null` ends a question. A new one ends the one before. */
  'downloads.look': call<LinkLook | null>()(
    z.strictObject({ url: text(65_536).nullable(), account: text(64).nullable() }),
  ),
  'downloads.pause': call<void>()(z.strictObject({ ids: idsSchema })),
  /** Paused ones go on, failed ones are tried again. */
  'downloads.resume': call<void>()(z.strictObject({ ids: idsSchema })),
  'downloads.pauseAll': call<void>()(z.undefined()),
  'downloads.resumeAll': call<void>()(z.undefined()),
  'downloads.remove': call<void>()(z.strictObject({ ids: idsSchema, deleteFile: z.boolean() })),
  /** Takes them off the list; `downloads.restore` brings them back for `undoTime`, and only then they are removed. */
  'downloads.removeLater': call<void>()(z.strictObject({ ids: idsSchema })),
  'downloads.restore': call<void>()(z.strictObject({ ids: idsSchema })),
  /** Moves unfinished ones in the queue, each before another one or to its end; several moves at once take one back. */
  'downloads.move': call<void>()(
    z.strictObject({
      moves: z.array(z.strictObject({ ids: idsSchema, before: z.number().int().positive().nullable() })).max(1_000_000),
    }),
  ),
  'downloads.prioritize': call<void>()(z.strictObject({ ids: idsSchema, priority: z.enum(priorities) })),
  /** Puts them into a category, completed ones too; `null` leaves it to the rules. */
  'downloads.categorize': call<void>()(z.strictObject({ ids: idsSchema, category: text(64).nullable() })),
  /** Moves unfinished ones to another queue; their order stays. */
  'downloads.toQueue': call<void>()(z.strictObject({ ids: idsSchema, queue: queueIdSchema })),
  /** When unfinished ones start and are paused, in ms since the epoch; `null` for no time of their own. */
  'downloads.appoint': call<void>()(
    z.strictObject({ ids: idsSchema, startAt: instantSchema.nullable(), stopAt: instantSchema.nullable() }),
  ),
  /** These run and all others wait, until these have ended; nothing in it ends that. */
  'downloads.onlyNow': call<void>()(z.strictObject({ ids: idsSchema })),
  'queues.list': call<readonly QueueView[]>()(z.undefined()),
  /** Makes a queue, or changes the one with that id. `folder`: missing keeps it, `null` is the setting's. */
  'queues.save': call<QueueId>()(
    z.strictObject({
      id: queueIdSchema.nullable(),
      choices: queueChoicesSchema,
      folder: folderTokenSchema.nullable().optional(),
    }),
  ),
  /** Starts or stops a queue now; what was to do that later is over. */
  'queues.run': call<void>()(z.strictObject({ id: queueIdSchema, run: z.boolean() })),
  /** Its downloads move to the default queue, which cannot be removed. */
  'queues.remove': call<void>()(z.strictObject({ id: queueIdSchema })),
  /** Where its files go; `null` when it has no folder of its own. */
  'queues.folder': call<FolderChoice | null>()(z.strictObject({ id: queueIdSchema })),
  /** Limits the speed of each, in bytes per second; `null` lifts it. Counts at once. */
  'downloads.limit': call<void>()(z.strictObject({ ids: idsSchema, rate: speedLimitSchema.nullable() })),
  /** Gives a download that failed with CREDENTIALS or HTTP_401 what it needs, and queues it. */
  'downloads.authorize': call<void>()(
    z.strictObject({
      id: z.number().int().positive(),
      user: text(1024),
      password: text(4096),
      headers: text(65_536),
      cookies: text(maxCookieText).default(''),
    }),
  ),
  /** Begins paused and failed ones again from byte 0. */
  'downloads.restart': call<void>()(z.strictObject({ ids: idsSchema })),
  /** Another address of the same file; rejected with E_LINK, and nothing changed, when it is another one. */
  'downloads.relink': call<void>()(z.strictObject({ id: z.number().int().positive(), url: text(65_536) })),
  /** Replaces the mirrors of a download that is not completed; one that is running uses them at once. */
  'downloads.setMirrors': call<void>()(
    z.strictObject({ id: z.number().int().positive(), urls: z.array(text(65_536)).max(maxMirrors) }),
  ),
  /** What may be changed of a download that is paused or failed. */
  'downloads.editable': call<Editable>()(z.strictObject({ id: z.number().int().positive() })),
  /**
   * Changes it. Another address is compared as by `downloads.relink`, and the download goes on then; else it stays as
   * it is. `credentials` replace those that are there; `null` keeps them.
   */
  'downloads.edit': call<void>()(
    z.strictObject({
      id: z.number().int().positive(),
      url: text(65_536),
      mirrors: z.array(text(65_536)).max(maxMirrors),
      connections: connectionsSchema.nullable(),
      checksum: text(256),
      credentials: z
        .strictObject({ user: text(1024), password: text(4096), headers: text(65_536), cookies: text(maxCookieText) })
        .nullable(),
    }),
  ),
  /** The one download whose `inspection` events are wanted; `null` for none. */
  'downloads.inspect': call<void>()(z.strictObject({ id: z.number().int().positive().nullable() })),
  /** Reads all of it and compares it with what is known; resolves at the end. An active one is refused with E_STATE. */
  'downloads.verify': call<CheckReport>()(z.strictObject({ id: z.number().int().positive() })),
  /** The same, and fetches what is wrong again; rejected with E_CHANGED, and nothing changed, when that is another file. */
  'downloads.repair': call<CheckReport>()(z.strictObject({ id: z.number().int().positive() })),
  /** Reads a completed file for one digest. Rejected with E_STOPPED when that was stopped. */
  'downloads.digest': call<Checksum>()(
    z.strictObject({ id: z.number().int().positive(), algorithm: z.enum(checksumAlgorithms) }),
  ),
  /** The same, beside a checksum that the user pasted; rejected with E_CHECKSUM when it is none. One that fits is kept. */
  'downloads.compare': call<Comparison>()(z.strictObject({ id: z.number().int().positive(), checksum: text(4096) })),
  'downloads.open': call<void>()(z.strictObject({ id: z.number().int().positive() })),
  'downloads.showInFolder': call<void>()(z.strictObject({ id: z.number().int().positive() })),
  /** Shows the folder of a group; `id` is any of its downloads. */
  'downloads.showGroup': call<void>()(z.strictObject({ id: z.number().int().positive() })),
  /** Opens the system's dialog; `null` when the user cancelled. */
  'folders.choose': call<FolderChoice | null>()(z.undefined()),
  /**
   * A token for a folder that the user typed, checked by the main process: absolute, no place of the system, writable.
   * Nothing is made of it before something is saved there.
   */
  'folders.typed': call<TypedFolder>()(z.strictObject({ text: text(4096) })),
  /** Bytes that are free where a folder is or will be; `null` when the system does not say. */
  'folders.space': call<number | null>()(z.strictObject({ folder: folderTokenSchema })),
  /** Where downloads were added last, the latest first; those that are there no more are left out. */
  'folders.recent': call<readonly FolderChoice[]>()(z.undefined()),
  /** Where files of a category go; the folder of all downloads where it has none. */
  'folders.ofCategory': call<FolderChoice>()(z.strictObject({ category: text(64) })),
  /** The folder for new downloads. */
  'folders.default': call<FolderChoice>()(z.undefined()),
  /** The clipboard's text when every line of it is an address, else nothing: what else is on it stays unseen. */
  'clipboard.links': call<string>()(z.undefined()),
  /** Asks the store to make an archived object readable, and waits for that. */
  'downloads.thaw': call<DownloadError | null>()(z.strictObject({ id: z.number().int().positive() })),
  'accounts.list': call<readonly AccountView[]>()(z.undefined()),
  /** Adds an account or replaces the one with its id. `secret` `null` keeps the secret that is there. */
  'accounts.save': call<readonly AccountView[]>()(accountInputSchema),
  'accounts.remove': call<readonly AccountView[]>()(z.strictObject({ id: text(64) })),
  /** Tries keys and endpoint, saved or not; `null` when they work. */
  'accounts.test': call<DownloadError | null>()(accountInputSchema),
  'hostRules.list': call<readonly HostRuleView[]>()(z.undefined()),
  /** Adds a rule or replaces the one with its id. `secret` `null` keeps headers and login that are there. */
  'hostRules.save': call<readonly HostRuleView[]>()(
    z.strictObject({
      rule: hostRuleSchema,
      secret: z.strictObject({ headers: text(65_536), user: text(1024), password: text(4096) }).nullable(),
      /** Whether the login of its proxy, which is part of the address when it is typed, stays while the address does. */
      keepsProxyLogin: z.boolean().default(true),
    }),
  ),
  'hostRules.remove': call<readonly HostRuleView[]>()(z.strictObject({ id: text(64) })),
  /** One page of the objects under a prefix. */
  'cloud.list': call<ObjectPage>()(
    z.strictObject({ url: text(65_536), account: text(64).nullable(), token: text(8192).nullable() }),
  ),
  /** Puts text on the clipboard. */
  'clipboard.write': call<void>()(z.strictObject({ text: text(8_000_000) })),
  /** What follows when the time is over; `null` for nothing. */
  'whenDone.get': call<Countdown | null>()(z.undefined()),
  /** It does not happen, and not at the next time either. */
  'whenDone.stop': call<void>()(z.undefined()),
  'whenDone.now': call<void>()(z.undefined()),
  /** Slow mode, which the toolbar and the tray switch. */
  'speed.slow': call<boolean>()(z.undefined()),
  'speed.setSlow': call<void>()(z.strictObject({ on: z.boolean() })),
  'settings.get': call<Settings>()(z.undefined()),
  /** `caFile` and `certificateFile` can only be forgotten here. `folder` is set by token with `settings.setFolder`, never by path. */
  'settings.set': call<Settings>()(
    settingsChangeSchema
      .omit({ folder: true, caFile: true, certificateFile: true, recentFolders: true, categories: true })
      .extend({ caFile: z.null().optional(), certificateFile: z.null().optional() })
      .strict(),
  ),
  /** Asks for a file and writes settings and rules there, without secrets; false when the user cancelled. */
  'settings.export': call<boolean>()(z.undefined()),
  /** Asks for such a file and takes it over; `null` when the user cancelled. */
  'settings.import': call<Settings | null>()(z.undefined()),
  /** Asks, and takes all defaults; `null` when the user cancelled. */
  'settings.reset': call<Settings | null>()(z.undefined()),
  /** Changes a category, or puts a new one first. A folder that is not named stays; `null` takes it away. */
  'settings.saveCategory': call<Settings>()(
    z.strictObject({
      ...categorySchema.omit({ folder: true }).shape,
      folder: folderTokenSchema.nullable().optional(),
    }),
  ),
  /** Puts a category before another one, or at the end: the first one that fits counts. */
  'settings.moveCategory': call<Settings>()(z.strictObject({ id: text(64), before: text(64).nullable() })),
  'settings.removeCategory': call<Settings>()(z.strictObject({ id: text(64) })),
  'settings.setFolder': call<Settings>()(z.strictObject({ folder: folderTokenSchema })),
  /** Opens the system's dialog for `caFile`; `null` when the user cancelled. */
  'settings.chooseAuthority': call<Settings | null>()(z.undefined()),
  /** Opens the system's dialog for `certificateFile`; `null` when the user cancelled. */
  'settings.chooseCertificate': call<
    { readonly kind: 'set'; readonly settings: Settings } | LockedCertificate | null
  >()(z.undefined()),
  /** Opens a chosen certificate with its password. */
  'settings.unlockCertificate': call<Settings>()(z.strictObject({ token: fileTokenSchema, passphrase: text(1000) })),
} as const

/** A client certificate that was chosen and needs a password. */
export interface LockedCertificate {
  readonly kind: 'locked'
  readonly token: string
  readonly path: string
}

export type Calls = typeof calls
export type CallName = keyof Calls
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>
export type CallOutput<N extends CallName> = Calls[N] extends Call<z.ZodType, infer O> ? O : never
export type CallResult<N extends CallName> =
  { readonly ok: true; readonly value: CallOutput<N> } | { readonly ok: false; readonly error: RequestError }

export interface Events {
  /** Coalesced: what was added or changed, what was removed. `revision` rises by one with every event. */
  changed: {
    readonly revision: number
    readonly upserts: readonly DownloadView[]
    readonly removals: readonly DownloadId[]
  }
  /** At most four a second, all active downloads in one array (see `progressRow`), none while the window is hidden. */
  progress: Float64Array
  /** The download that is inspected: at once, after changes, four times a second while it is active; none while hidden. */
  inspection: Inspection
  /** They were changed, by the window or by somebody else. */
  settings: Settings
  /** All is done, and something follows when the time is over; `null`: nothing does. */
  countdown: Countdown | null
  /** All queues, when one was changed, or opens or closes by itself. */
  queues: readonly QueueView[]
  /** Slow mode has begun or ended. */
  slow: boolean
  /** There is something in `app.wishes`. */
  wished: null
  /** Something that was asked for from outside the window did not work. */
  problem: RequestError
}
export type EventName = keyof Events

/** What the preload script puts on `window.longshore`. */
export interface Bridge {
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallResult<N>>
  on<N extends EventName>(name: N, listener: (payload: Events[N]) => void): () => void
  /** What a file is that the user dropped; `null` when it has no path. The window never sees the path. */
  dropped(
    file: File,
  ): Promise<
    { readonly ok: true; readonly value: LocalFile | null } | { readonly ok: false; readonly error: RequestError }
  >
}
