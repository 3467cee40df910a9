import { z } from 'zod'
import { call, folderTokenSchema, text } from './call'

/** Folders, by tokens that dialogs gave. */

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

export const foldersCalls = {
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
} as const
