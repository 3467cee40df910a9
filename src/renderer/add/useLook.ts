import { useEffect, useState } from 'react'
import type { LinkLook } from '../../shared/contract'
import { isDownloadable } from '../../shared/links'
import { call } from '../api'
import { useStore } from '../store'

/** What is known of the address in the form; `asking` until the server has answered, `null` while nothing is asked. */
export type Looked = LinkLook | 'asking' | null

/** ms without a key before a server is asked: nobody wants to knock at every address that is half typed. */
const quiet = 600

/**
 * Asks the server about an address once nobody types any more; a new address ends the question about the old one.
 * @param address the only one in the form; `null` when there are several or none
 */
export function useLook(address: string | null, account: string | null): Looked {
  const wanted = useStore((state) => state.settings?.lookAtLinks ?? false)
  const asked = wanted && address !== null && worthAsking(address) ? address : null
  const [found, setFound] = useState<{ readonly address: string; readonly look: LinkLook } | null>(null)
  useEffect(() => {
    if (asked === null) return
    let current = true
    const timer = setTimeout(() => {
      call('downloads.look', { url: asked, account }).then(
        (look) => {
          if (current && look !== null) setFound({ address: asked, look })
        },
        () => undefined, // The form does without.
      )
    }, quiet)
    return () => {
      current = false
      clearTimeout(timer)
      void call('downloads.look', { url: null, account: null }).catch(() => undefined)
    }
  }, [asked, account])
  if (asked === null) return null
  return found?.address === asked ? found.look : 'asking'
}

/** A name without a dot is most likely the beginning of one. */
export function worthAsking(address: string): boolean {
  if (!isDownloadable(address)) return false
  const { protocol, hostname } = new URL(address)
  if (protocol !== 'http:' && protocol !== 'https:') return true
  return hostname === 'localhost' || hostname.startsWith('[') || /\.[^.]{2,}$|^\d+\.\d+\.\d+\.\d+$/.test(hostname)
}
