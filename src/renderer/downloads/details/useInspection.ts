import { useEffect, useState } from 'react'
import type { DownloadId } from '../../../shared/download'
import type { Inspection } from '../../../shared/inspection'
import { call, on } from '../../api'
import { orShow } from '../../windowState'

/** Asks for a download's details as long as somebody shows them. `null` until they are there. */
export function useInspection(id: DownloadId): Inspection | null {
  const [inspection, setInspection] = useState<Inspection | null>(null)
  useEffect(() => {
    const stop = on('inspection', setInspection)
    orShow(call('downloads.inspect', { id }))
    return () => {
      stop()
      // The next panel asks for its own after this.
      orShow(call('downloads.inspect', { id: null }))
    }
  }, [id])
  // What is shown of another one while the first answer is on its way would be wrong.
  return inspection?.id === id ? inspection : null
}
