import { CircleAlert, FileSearch } from 'lucide-react'
import type { LinkLook } from '../../shared/contract'
import { algorithmNames, downloadProblem, formatBytes, t } from '../text'
import type { Looked } from './useLook'

/** One quiet line about what the address leads to. It never keeps anybody from adding it. */
export function LinkInfo({ looked }: { readonly looked: Looked }) {
  const text = looked === null ? '' : looked === 'asking' ? t('look.asking') : textOf(looked)
  const doubtful = typeof looked === 'object' && looked !== null && isDoubtful(looked)
  const Icon = doubtful ? CircleAlert : FileSearch
  return (
    <p className="add-look" role="status" data-doubtful={doubtful || undefined}>
      {text !== '' && <Icon size={14} aria-hidden />}
      <span>{text}</span>
    </p>
  )
}

function isDoubtful(look: LinkLook): boolean {
  return look.kind === 'refused' || (look.kind === 'answered' && look.page)
}

function textOf(look: LinkLook): string {
  switch (look.kind) {
    case 'silent':
      return t('look.silent')
    case 'refused':
      return t('look.refused', { reason: downloadProblem(look.error).title })
    case 'answered': {
      if (look.page) return t('look.page')
      const facts = [
        look.total === null ? t('look.sizeUnknown') : formatBytes(look.total),
        look.ranges === null ? null : t(look.ranges ? 'look.continues' : 'look.startsOver'),
        look.digests[0] === undefined
          ? t('look.noDigest')
          : t('look.digest', { algorithm: algorithmNames[look.digests[0]] }),
      ]
      return facts.filter((fact) => fact !== null).join(' · ')
    }
  }
}
