import type { CheckReport, Verification } from '../../shared/verification'
import { algorithmNames, formatBytes } from './format'
import { t } from './index'

/** What a check of the bytes came to, in a word or two and in a sentence that says what it promises. */
export interface VerificationText {
  readonly label: string
  readonly hint: string
}

export function verificationText(verification: Verification): VerificationText {
  switch (verification.kind) {
    case 'verified': {
      const hints = verification.checks.map(({ algorithm, source }) =>
        t(`row.verifiedHint.${source}`, { algorithm: algorithmNames[algorithm] }),
      )
      const first = verification.checks[0]
      const algorithm = first ? algorithmNames[first.algorithm] : ''
      const label = first?.source === 'server' ? 'row.verified.server' : 'row.verified'
      return { label: t(label, { algorithm }), hint: hints.join('\n') }
    }
    case 'unverified':
      return { label: t('row.unverified'), hint: t(`row.unverified.${verification.reason}`) }
    case 'damaged': {
      const { damage } = verification
      const hint =
        damage.kind === 'blocks'
          ? t('row.damaged.blocks', { count: damage.count })
          : t('row.damaged.digest', { algorithm: algorithmNames[damage.algorithm] })
      return { label: t('row.damaged'), hint }
    }
  }
}

/** What a check that the user asked for came to. */
export function reportText(report: CheckReport): string {
  switch (report.kind) {
    case 'right':
      return report.verification.kind === 'verified' ? verificationText(report.verification).label : t('check.intact')
    case 'damaged':
      return t('check.damaged', { size: formatBytes(report.bytes) })
    case 'repaired':
      return t('check.repaired', { size: formatBytes(report.bytes) })
    case 'nothing':
      return t('check.nothing')
  }
}
