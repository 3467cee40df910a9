/** @returns the address without a fragment and without credentials; null for everything but http and https */
export function parseAddressOf(text: string): string | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  url.hash = ''
  url.username = ''
  url.password = ''
  return url.href
}

/**
 * RFC 5854 §4.1.2.1: a name may have folders, but never lead out of the one it is saved in; we use its last part.
 * @returns null for a name that tries, or is none
 */
export function safeMetalinkName(name: string): string | null {
  const parts = name.split(/[/\\]/)
  if (parts.includes('..') || parts.includes('.') || /^[a-z]:/i.test(name)) return null
  return parts.at(-1)?.trim() || null
}
