import { newHostRule, parseHostPattern, type HostRule, type HostRuleView } from '../../shared/host-rules'
import { attemptsRange, concurrentRange, connectionsRange } from '../../shared/limits'
import { parseRate } from '../../shared/size'
import { rateProblem, typedRate } from '../rate'
import { t } from '../text'

/** A rule as it is typed. Empty fields take what holds for all hosts. */
export interface RuleDraft {
  readonly id: string
  readonly pattern: string
  readonly connections: string
  readonly downloads: string
  readonly speedLimit: string
  readonly attempts: string
  readonly proxy: string
  readonly headers: string
  readonly user: string
  readonly password: string
}
export type RuleField = Exclude<keyof RuleDraft, 'id'>

export function draftOf(rule: HostRuleView | null): RuleDraft {
  const { pattern, connections, downloads, speedLimit, attempts, proxy } = rule ?? { ...newHostRule, pattern: '' }
  const typed = (value: number | null) => (value === null ? '' : String(value))
  return {
    id: rule?.id ?? crypto.randomUUID(),
    pattern,
    connections: typed(connections),
    downloads: typed(downloads),
    speedLimit: typedRate(speedLimit),
    attempts: typed(attempts),
    proxy: proxy ?? '',
    headers: '',
    user: '',
    password: '',
  }
}

/** What is wrong with a draft, field by field. */
export function problemsOf(draft: RuleDraft): Partial<Record<RuleField, string>> {
  const found: Partial<Record<RuleField, string>> = {}
  const note = (field: RuleField, problem: string | null) => {
    if (problem !== null) found[field] = problem
  }
  note('pattern', parseHostPattern(draft.pattern) === null ? t('rules.patternWrong') : null)
  note('connections', wholeProblem(draft.connections, connectionsRange))
  note('downloads', wholeProblem(draft.downloads, concurrentRange))
  note('attempts', wholeProblem(draft.attempts, attemptsRange))
  note('speedLimit', rateProblem(draft.speedLimit))
  return found
}

function wholeProblem(text: string, range: { readonly min: number; readonly max: number }): string | null {
  if (text.trim() === '') return null
  const fine = /^\d+$/.test(text.trim()) && Number(text) >= range.min && Number(text) <= range.max
  return fine ? null : t('invalid.connections', range)
}

/** Call only when nothing is wrong with it. */
export function ruleOf(draft: RuleDraft): HostRule {
  const whole = (text: string) => (text.trim() === '' ? null : Number(text))
  return {
    id: draft.id,
    pattern: draft.pattern.trim(),
    connections: whole(draft.connections),
    downloads: whole(draft.downloads),
    speedLimit: parseRate(draft.speedLimit),
    attempts: whole(draft.attempts),
    proxy: draft.proxy.trim() === '' ? null : draft.proxy.trim(),
  }
}
