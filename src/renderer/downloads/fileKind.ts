export const fileKinds = ['archive', 'video', 'audio', 'image', 'document', 'program', 'disc', 'other'] as const
export type FileKind = (typeof fileKinds)[number]

const extensions: Readonly<Record<Exclude<FileKind, 'other'>, string>> = {
  archive: 'zip 7z rar tar gz tgz bz2 tbz xz txz zst lz lz4 br cab jar war',
  video: 'mp4 mkv webm mov avi m4v mpg mpeg ts m2ts wmv flv ogv 3gp',
  audio: 'mp3 flac wav m4a aac ogg opus wma aiff alac mid',
  image: 'png jpg jpeg gif webp avif svg bmp tif tiff heic heif ico psd raw',
  document: 'pdf doc docx odt rtf txt md epub mobi xls xlsx ods csv ppt pptx odp html json xml',
  program: 'exe msi msix deb rpm appimage apk pkg flatpak snap run sh bat',
  disc: 'iso img dmg vhd vhdx vmdk qcow2 bin',
}

const kinds = new Map<string, FileKind>()
for (const [kind, list] of Object.entries(extensions)) {
  for (const extension of list.split(' ')) kinds.set(extension, kind as FileKind)
}

/** By the extension alone: it only chooses a picture and a place in the list. */
export function fileKind(name: string): FileKind {
  const dot = name.lastIndexOf('.')
  return (dot > 0 && kinds.get(name.slice(dot + 1).toLowerCase())) || 'other'
}
