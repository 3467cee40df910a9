import { AppWindow, Disc3, File, FileArchive, FileText, Film, Image, Music, type LucideIcon } from 'lucide-react'
import type { ReactElement } from 'react'
import { fileKind, type FileKind } from './fileKind'
import './KindIcon.css'

export const kindIcons: Readonly<Record<FileKind, LucideIcon>> = {
  archive: FileArchive,
  video: Film,
  audio: Music,
  image: Image,
  document: FileText,
  program: AppWindow,
  disc: Disc3,
  other: File,
}

/** Made once: React passes over an element that is the same as before. */
const drawn = new Map<FileKind, ReactElement>()
function pictureOf(kind: FileKind): ReactElement {
  const known = drawn.get(kind)
  if (known) return known
  const Icon = kindIcons[kind]
  const picture = <Icon size={18} strokeWidth={1.6} />
  drawn.set(kind, picture)
  return picture
}

export function KindIcon({ name }: { readonly name: string }) {
  const kind = fileKind(name)
  return (
    <span className={`kind kind-${kind}`} aria-hidden="true">
      {pictureOf(kind)}
    </span>
  )
}
