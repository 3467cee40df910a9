import { AppWindow, Disc3, File, FileArchive, FileText, Film, Image, Music, type LucideIcon } from 'lucide-react'
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

export function KindIcon({ name }: { readonly name: string }) {
  const kind = fileKind(name)
  const Icon = kindIcons[kind]
  return (
    <span className={`kind kind-${kind}`} aria-hidden="true">
      <Icon size={18} strokeWidth={1.6} />
    </span>
  )
}
