import type { CheckProgress, CheckReport, Verification } from '../../shared/verification'
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
export interface ReportText {
  readonly title: string
  readonly text: string | null
}

/**
 * @param name of the file
 * @param complete whether it was the file of a completed download
 */
export function reportText(report: CheckReport, name: string, complete: boolean): ReportText {
  const only = (title: string) => ({ title, text: null })
  switch (report.kind) {
    case 'right':
      return only(
        report.verification.kind === 'verified' ? verificationText(report.verification).label : t('check.intact'),
      )
    case 'damaged': {
      const found = { count: report.blocks, size: formatBytes(report.bytes) }
      const text =
        report.blocks === 0
          ? t('check.damaged.nowhere')
          : t(complete ? 'check.damaged.blocks' : 'check.damaged.unfinished', found)
      return { title: t('check.damaged', { name }), text }
    }
    case 'repaired':
      return only(t('check.repaired', { size: formatBytes(report.bytes) }))
    case 'nothing':
      return only(t('check.nothing'))
  }
}

const doing = {
  verify: 'check.verifying',
  repair: 'check.repairing',
  confirm: 'check.confirming',
  compare: 'check.comparing',
  export: 'check.exporting',
} as const

/** What an errand does at the moment. */
export function errandText({ doing: what }: Pick<CheckProgress, 'doing'>): string {
  return t(doing[what])
}
