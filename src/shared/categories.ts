import { z } from 'zod'

/** Sorts of files, by their extension. Each is a category to begin with. */
export const kinds = ['document', 'archive', 'video', 'audio', 'image', 'program', 'disc'] as const
export type Kind = (typeof kinds)[number]

const extensionsOf: Readonly<Record<Kind, string>> = {
  document: 'pdf doc docx odt rtf txt md epub mobi xls xlsx ods csv ppt pptx odp html json xml',
  archive: 'zip 7z rar tar gz tgz bz2 tbz xz txz zst lz lz4 br cab jar war',
  video: 'mp4 mkv webm mov avi m4v mpg mpeg ts m2ts wmv flv ogv 3gp',
  audio: 'mp3 flac wav m4a aac ogg opus wma aiff alac mid',
  image: 'png jpg jpeg gif webp avif svg bmp tif tiff heic heif ico psd raw',
  program: 'exe msi msix deb rpm appimage apk pkg flatpak snap run sh bat',
  disc: 'iso img dmg vhd vhdx vmdk qcow2',
}

export const categorySchema = z.strictObject({
  id: z.string().min(1).max(64),
  /** `null` for one of `kinds` under its own name, which every language has. */
  name: z.string().trim().min(1).max(60).nullable(),
  /** Lower case, without the dot; empty for files of every sort. */
  extensions: z.array(z.string().regex(/^[^\s./\\]{1,20}$/)).max(200),
  /** Servers, with those below them; empty for all. */
  hosts: z.array(z.string().regex(/^[^\s/:@]{1,253}$/)).max(100),
  /** Where its files go; `null` for the folder of all downloads. */
  folder: z.string().nullable(),
})
export type Category = z.infer<typeof categorySchema>

/** What belongs to none. */
export const otherCategory = 'other'

export const defaultCategories: Category[] = kinds.map((kind) => ({
  id: kind,
  name: null,
  extensions: extensionsOf[kind].split(' '),
  hosts: [],
  folder: null,
}))

/** @returns id of the category of a download: the first one whose rules it meets, or `otherCategory` */
export type Categorize = (name: string, url: string) => string

/**
 * Prepares the rules: 50,000 downloads are asked about. A category takes what has one of its extensions, where it has
 * any, and is on one of its servers, where it has any; one without rules takes nothing.
 */
export function categorizer(categories: readonly Category[]): Categorize {
  const rules = categories
    .filter(({ extensions, hosts }) => extensions.length + hosts.length > 0)
    .map(({ id, extensions, hosts }) => ({ id, extensions: new Set(extensions), hosts }))
  const byHost = rules.some(({ hosts }) => hosts.length > 0)
  return (name, url) => {
    const extension = extensionOf(name) || extensionOf(pathOf(url))
    const host = byHost ? hostOf(url) : ''
    const found = rules.find(
      ({ extensions, hosts }) =>
        (extensions.size === 0 || extensions.has(extension)) &&
        (hosts.length === 0 || hosts.some((known) => host === known || host.endsWith(`.${known}`))),
    )
    return found?.id ?? otherCategory
  }
}

/** What a category is told from: its own choice of one, or name and address. */
export interface Categorized {
  readonly name: string
  readonly url: string
  readonly category?: string
}

/** @returns the category of a download: the one that was chosen by hand as long as it is there, else by the rules */
export function categoryOf(categories: readonly Category[]): (download: Categorized) => string {
  const byRule = categorizer(categories)
  const known = new Set(categories.map(({ id }) => id))
  return ({ name, url, category }) => (category !== undefined && known.has(category) ? category : byRule(name, url))
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : ''
}

function pathOf(url: string): string {
  return URL.canParse(url) ? (new URL(url).pathname.split('/').at(-1) ?? '') : ''
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase() : ''
}
