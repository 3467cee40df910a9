import { useEffect, useState } from 'react'
import type { FolderChoice } from '../../shared/contract'
import { call } from '../api'
import { orShow } from '../windowState'

/**
 * Where files go, until the user chooses another folder.
 * @param first the folder to begin with; `null` takes that of all downloads
 */
export function useFolderChoice(first: FolderChoice | null) {
  const [folder, setFolder] = useState(first)
  useEffect(() => {
    orShow(call('folders.default').then((found) => setFolder((before) => before ?? found)))
  }, [])
  const choose = () =>
    orShow(call('folders.choose').then((chosen) => (chosen === null ? undefined : setFolder(chosen))))
  return { folder, choose }
}
