import { formatObjectAddress, parseObjectAddress } from '../../shared/cloud-address'
import type { AddInput } from '../../shared/contract'
import type { DownloadId, DownloadView } from '../../shared/download'

/** What to do with addresses that are in the list already. */
export const duplicateChoices = ['again', 'replace', 'show', 'skip'] as const
export type DuplicateChoice = (typeof duplicateChoices)[number]

/**
 * The addresses that are in the list already, by address, each with the download that was added last.
 * @param addresses as typed
 */
export function duplicatesOf(
  addresses: readonly string[],
  rows: ReadonlyMap<DownloadId, DownloadView>,
): ReadonlyMap<string, DownloadView> {
  const found = new Map<string, DownloadView>()
  if (addresses.length === 0) return found
  const wanted = new Map<string, string[]>()
  for (const address of addresses) {
    const plain = plainAddress(address)
    if (plain !== null) wanted.set(plain, [...(wanted.get(plain) ?? []), address])
  }
  for (const view of rows.values()) {
    const those = wanted.get(view.url)
    if (those !== undefined) for (const address of those) found.set(address, view)
  }
  return found
}

/** As the list has it: normalised, without login and fragment. */
function plainAddress(text: string): string | null {
  const object = parseObjectAddress(text)
  if (object !== null) return object === 'bad' ? null : formatObjectAddress(object)
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  url.username = ''
  url.password = ''
  url.hash = ''
  return url.href
}

/**
 * What is to be added after the choice about those that are there already.
 * @returns `skipped`: how many are left out; `shown`: the one to go to
 */
export function withoutDuplicates(
  input: AddInput,
  found: ReadonlyMap<string, DownloadView>,
  choice: DuplicateChoice,
): { readonly input: AddInput; readonly skipped: number; readonly shown: DownloadId | null } {
  const [first] = found.values()
  if (first === undefined || choice === 'again') return { input, skipped: 0, shown: null }
  if (choice === 'replace') {
    const replaces = [...new Set([...found.values()].map(({ id }) => id))]
    return { input: { ...input, replaces }, skipped: 0, shown: null }
  }
  const urls = input.urls.filter((url) => !found.has(url))
  return {
    input: { ...input, urls },
    skipped: input.urls.length - urls.length,
    shown: choice === 'show' ? first.id : null,
  }
}
