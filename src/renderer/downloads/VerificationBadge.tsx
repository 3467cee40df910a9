import { ShieldAlert, ShieldCheck } from 'lucide-react'
import type { Verification } from '../../shared/verification'
import { verificationText } from '../text'

const looks = { verified: 'badge badge-verified', unverified: 'badge', damaged: 'badge badge-damaged' } as const

/** How far the bytes of a completed file are known to be right. */
export function VerificationBadge({ verification }: { readonly verification: Verification }) {
  const { label, hint } = verificationText(verification)
  return (
    <span className={looks[verification.kind]} title={hint}>
      {verification.kind === 'verified' && <ShieldCheck size={13} aria-hidden />}
      {verification.kind === 'damaged' && <ShieldAlert size={13} aria-hidden />}
      <span className="badge-text">{label}</span>
    </span>
  )
}
