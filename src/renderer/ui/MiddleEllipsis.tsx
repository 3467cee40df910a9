import { useEffect, useRef } from 'react'
import { splitName } from './splitName'
import { keepTight } from './tightEllipsis'
import './MiddleEllipsis.css'

interface Props {
  readonly text: string
  /** Characters at the end that always stay visible. */
  readonly tail?: number
  readonly id?: string
}

/** Cuts a long name in the middle, because its end (number, extension) is what tells it from the next one. */
export function MiddleEllipsis({ text, tail = 12, id }: Props) {
  const [head, end] = splitName(text, tail)
  const cut = useRef<HTMLSpanElement>(null)
  useEffect(() => (cut.current === null || end === '' ? undefined : keepTight(cut.current)), [head, end])
  return (
    <bdi className="ellipsis" title={text} id={id}>
      <span className="ellipsis-head" ref={cut}>
        {head}
      </span>
      {end !== '' && <span className="ellipsis-tail">{end}</span>}
    </bdi>
  )
}
