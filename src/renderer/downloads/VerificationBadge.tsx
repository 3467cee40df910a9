import { ShieldAlert, ShieldCheck } from 'lucide-react'
import type { Verification } from '../../shared/verification'
import { t, verificationText } from '../text'

/** How far the bytes of a completed file are known to be right. */
export function VerificationBadge({ verification }: { readonly verification: Verification }) {
  const { label, hint } = verificationText(verification)
  if (verification.kind === 'damaged') return <DamagedBadge hint={hint} />
  const verified = verification.kind === 'verified'
  return (
    <span className={verified ? 'badge badge-verified' : 'badge'} title={hint}>
      {verified && <ShieldCheck size={13} aria-hidden />}
      <span className="badge-text">{label}</span>
    </span>
  )
}

export function DamagedBadge({ hint }: { readonly hint: string }) {
  return (
    <span className="badge badge-damaged" title={hint}>
      <ShieldAlert size={13} aria-hidden />
      <span className="badge-text">{t('row.damaged')}</span>
    </span>
  )
}
