import type { Body } from './content'
import type { TestFile } from './file'
import { bufferBody } from './content'
import type { RequestRecord } from './record'
import { selects, type Selector } from './record'
import type { Behaviours, Values } from './values'
import type { Wire } from './wire'

export type HeaderList = [name: string, value: string][]

/** Something that happens when `after` body bytes are out. `'end'`: nothing more is sent. */
export interface Stop {
  readonly after: number
  run(context: { wire: Wire; send: (bytes: number) => Promise<boolean>; rest: number }): Promise<'go-on' | 'end'>
}

/** The answer to one request, while behaviours still shape it. */
export interface Plan {
  readonly request: RequestRecord
  readonly file: TestFile
  /** Answers that the whole server is sending, this one included. */
  readonly server: { readonly parallel: number }
  /** The value of an option for this very request. */
  option<K extends keyof Values>(name: K): Values[K] | undefined
  /** True once something else than the file is the answer. */
  instead: boolean
  status: number
  reason: string | null
  headers: HeaderList
  body: Body
  framing: 'length' | 'chunked' | 'close'
  /** Head and chunks are written by our own code, as malformed as wanted, instead of node:http's. */
  raw: boolean
  /** Bytes in place of the whole answer. */
  garbage: Uint8Array | null
  /** Before the first byte of the answer, ms. */
  delay: number
  /** Between head and body, ms. */
  delayBody: number
  /** No answer at all, or none to this. */
  act: 'answer' | 'silence' | 'reset' | 'close'
  /** Bytes per second. */
  rate: number
  /** Whether a raw answer leaves the connection open. */
  keepOpen: boolean
  readonly stops: Stop[]
}

/** One behaviour: what an option does to the answer. */
export interface Behaviour {
  readonly name: keyof Values
  /** Turns the plan into what the option says; called only for requests that the option is meant for. */
  apply(plan: Plan): void
}

export function behaviour<K extends keyof Values>(name: K, apply: (value: Values[K], plan: Plan) => void): Behaviour {
  return {
    name,
    apply(plan) {
      const value = plan.option(name)
      if (value !== undefined) apply(value, plan)
    },
  }
}

const ruleMark = Symbol('rule')
/** A value that is meant for some requests only. */
export interface Rule<V> {
  readonly [ruleMark]: true
  readonly selector: Selector
  readonly value: V
}
/** Confines an option to some requests: `cut: on(2, { after: 5000 })`. Of several rules the first that fits counts. */
export function on<V>(selector: Selector, value: V): Rule<V> {
  return { [ruleMark]: true, selector, value }
}

const isRule = (value: unknown): value is Rule<unknown> =>
  typeof value === 'object' && value !== null && ruleMark in value

export function optionFor<K extends keyof Values>(
  options: Behaviours,
  name: K,
  request: RequestRecord,
): Values[K] | undefined {
  const given: unknown = options[name]
  const rules: readonly unknown[] = isRule(given) ? [given] : Array.isArray(given) ? given : []
  if (rules.length > 0 && rules.every(isRule)) {
    return rules.find((rule) => selects(rule.selector, request))?.value as Values[K] | undefined
  }
  return given as Values[K] | undefined
}

/** Header values go out as the bytes of UTF-8: what node:http calls latin1 are bytes. */
export const rawHeader = (value: string | Uint8Array): string =>
  (typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value)).toString('latin1')

export function headerIndex(plan: Plan, name: string): number {
  return plan.headers.findIndex(([given]) => given.toLowerCase() === name.toLowerCase())
}

export function setHeader(plan: Plan, name: string, value: string): void {
  removeHeader(plan, name)
  plan.headers.push([name, value])
}

export function removeHeader(plan: Plan, name: string): void {
  plan.headers = plan.headers.filter(([given]) => given.toLowerCase() !== name.toLowerCase())
}

/** Makes something else than the file the answer. */
export function answerInstead(
  plan: Plan,
  status: number,
  headers: Readonly<Record<string, string | Uint8Array>> = {},
  body: string | Uint8Array = '',
): void {
  plan.instead = true
  plan.status = status
  plan.headers.push(...Object.entries(headers).map(([name, value]): [string, string] => [name, rawHeader(value)]))
  plan.body = bufferBody(body)
  plan.framing = 'length'
}
