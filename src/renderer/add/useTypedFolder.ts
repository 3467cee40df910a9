import { useEffect, useRef, useState } from 'react'
import type { FolderChoice, TypedFolder } from '../../shared/contract'
import { call } from '../api'

/** ms after the last key. */
const SETTLED = 250

export interface FolderTyping {
  /** `null` while nobody types. */
  readonly text: string | null
  /** What the main process says of it; `null` until it has. */
  readonly found: TypedFolder | null
  readonly start: (path: string) => void
  readonly change: (text: string) => void
  /** Ends it with what is typed, as far as it is right. @returns what was found */
  readonly settle: () => Promise<TypedFolder | null>
  /** Ends it without. */
  readonly drop: () => void
}

/**
 * A folder while it is typed: the text goes to the main process, which alone knows whether it is one to save in, and
 * gives a token for it.
 * @param onFolder told of each folder that is right
 */
export function useTypedFolder(onFolder: (folder: FolderChoice) => void): FolderTyping {
  const [text, setText] = useState<string | null>(null)
  const [found, setFound] = useState<TypedFolder | null>(null)
  const before = useRef('')
  useEffect(() => {
    if (text === null || text === before.current) return
    let current = true
    const timer = setTimeout(() => {
      void call('folders.typed', { text }).then(
        (answer) => (current ? setFound(answer) : undefined),
        () => undefined, // it is asked again at the end
      )
    }, SETTLED)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [text])
  const end = () => {
    setText(null)
    setFound(null)
  }
  return {
    text,
    found,
    start(path) {
      before.current = path
      setText(path)
      setFound(null)
    },
    change(typed) {
      setText(typed)
      setFound(null)
    },
    async settle() {
      if (text === null) return null
      if (text === before.current) {
        end()
        return null
      }
      const answer = await call('folders.typed', { text })
      if ('folder' in answer) {
        onFolder(answer.folder)
        end()
      } else setFound(answer)
      return answer
    },
    drop: end,
  }
}
