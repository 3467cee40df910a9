import path from 'node:path'

/**
 * The file behind an address of the window, or `null` when it is not one of the window's (security rule 4).
 * @param root folder of the built window
 */
export function fileFor(root: string, address: string): string | null {
  const url = new URL(address)
  if (url.host !== 'longshore') return null
  let name: string
  try {
    name = decodeURIComponent(url.pathname)
  } catch {
    return null
  }
  if (/[\\\0]/.test(name)) return null
  const file = path.join(root, name === '/' || name === '' ? 'index.html' : name)
  return file.startsWith(root + path.sep) ? file : null
}
