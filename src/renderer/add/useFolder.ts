import { useEffect, useMemo, useState } from 'react'
import { categorizer, type Category } from '../../shared/categories'
import type { FolderChoice } from '../../shared/contract'
import { call } from '../api'
import { useStore } from '../store'
import { useTypedFolder, type FolderTyping } from './useTypedFolder'

export interface FolderState {
  /** The one that is shown; `null` while it is not known yet. */
  readonly folder: FolderChoice | null
  /** The category that decides about it; `null` when the user chose a folder, or nothing is known yet. */
  readonly category: Category | null
  /** For several addresses: each goes where its category says. */
  readonly each: boolean
  readonly choose: (folder: FolderChoice) => void
  readonly typing: FolderTyping
}

const none: readonly Category[] = []

/**
 * Where the files of the form go: as the user chose, else where their category says, else to the folder of all downloads.
 * @param address the only one in the form; `null` when there are several or none
 * @param name what the file will be called, as far as that is known
 * @param byHand id of the category that was chosen for all of them; `null` leaves it to the rules
 */
export function useFolder(
  address: string | null,
  name: string,
  many: boolean,
  byHand: string | null = null,
): FolderState {
  const categories = useStore((state) => state.settings?.categories ?? none)
  const categorize = useMemo(() => categorizer(categories), [categories])
  const [chosen, setChosen] = useState<FolderChoice | null>(null)
  const [automatic, setAutomatic] = useState<{ readonly of: string; readonly folder: FolderChoice } | null>(null)
  const id = byHand ?? (address === null ? '' : categorize(name, address))
  const category = categories.find((each) => each.id === id) ?? null
  useEffect(() => {
    let current = true
    void call('folders.ofCategory', { category: id }).then(
      (folder) => (current ? setAutomatic({ of: id, folder }) : undefined),
      () => undefined, // Then one has to be chosen, and the form says so.
    )
    return () => void (current = false)
  }, [id])
  return {
    folder: chosen ?? automatic?.folder ?? null,
    category: chosen === null ? category : null,
    each: chosen === null && byHand === null && many && categories.some(({ folder }) => folder !== null),
    choose: setChosen,
    typing: useTypedFolder(setChosen),
  }
}
