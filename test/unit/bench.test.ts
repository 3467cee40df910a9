import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { typeOf } from '../bench/electron/processes'
import { changeSince, figure, ratio, verdict, type Figure } from '../bench/figures'
import { timeIn, type CpuProfile } from '../bench/profile'
import { figuresTable, rowsTable, summary, type CaseResult, type Results } from '../bench/report'
import { median, noise, quantile } from '../bench/statistics'

/** What the benchmark makes of what it has measured; the measurements themselves are no tests. */

const numbers = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 })

describe('statistics', () => {
  it('takes the middle, and the mean of two middles', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 2, 9])).toBe(3)
    expect(() => median([])).toThrow('nothing')
  })

  it('has quantiles that rise, from the smallest to the largest', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const found = quantile(values, share)
        expect(quantile(values, 0)).toBe(Math.min(...values))
        expect(quantile(values, 1)).toBe(Math.max(...values))
        expect(found).toBeGreaterThanOrEqual(Math.min(...values))
        expect(found).toBeLessThanOrEqual(quantile(values, Math.min(1, share + 0.1)) + 1e-9)
      }),
    )
  })

  it('calls noise what the middle half is apart, whatever the unit; one outlier is none', () => {
    expect(noise([7, 7, 7])).toBe(0)
    expect(noise([90, 100, 110])).toBeCloseTo(0.05)
    expect(noise([9, 10, 11])).toBeCloseTo(0.05)
    expect(noise([100, 100, 100, 100, 900])).toBe(0)
  })
})

describe('figures', () => {
  it('divides medians, not means', () => {
    const { ours, other, value } = ratio('wall', 's', [1, 2, 90], { name: 'curl', values: [4, 4, 1] })
    expect([ours, other, value]).toEqual([2, { name: 'curl', value: 4 }, 0.5])
  })

  it('takes noise from single rounds: a slow moment that hits both is none', () => {
    expect(ratio('wall', 's', [1, 2, 4], { name: 'curl', values: [2, 4, 8] }).noise).toBe(0)
  })

  it('judges both kinds of goals at their edge', () => {
    expect(verdict(figure('x', 's', [1], { most: 1 }))).toBe('ok')
    expect(verdict(figure('x', 's', [1.001], { most: 1 }))).toBe('short')
    expect(verdict(figure('x', 's', [1], { least: 1 }))).toBe('ok')
    expect(verdict(figure('x', 's', [0.999], { least: 1 }))).toBe('short')
    expect(verdict(figure('x', 's', [1]))).toBeNull()
  })

  const of = (value: number, change: Partial<Figure> = {}): Figure => ({
    ...ratio('wall', 's', [value], { name: 'curl', values: [1] }, { most: 1 }),
    ...change,
  })

  it('sees a change beyond the noise of both, in the right direction', () => {
    expect(changeSince(of(1.2), of(1))).toBe('worse')
    expect(changeSince(of(0.8), of(1))).toBe('better')
    expect(changeSince(of(1.05), of(1))).toBe('same')
    expect(changeSince(of(1.2, { noise: 0.05 }), of(1, { noise: 0.05 }))).toBe('same')
    expect(changeSince(of(1.2, { goal: { least: 1 } }), of(1))).toBe('better')
  })

  it('calls nothing a change that is smaller than what can be measured', () => {
    const idle = (cpu: number) => figure('CPU', '%', [cpu], { most: 0.1 })
    expect(changeSince(idle(0.1), idle(0))).toBe('same')
    expect(changeSince(idle(5), idle(0))).toBe('worse')
  })

  it('never calls the same figure a change, nor both directions worse', () => {
    fc.assert(
      fc.property(numbers, numbers, (now, before) => {
        const [one, other] = [figure('x', 's', now), figure('x', 's', before)]
        expect(changeSince(one, one)).toBe('same')
        const both = [changeSince(one, other), changeSince(other, one)]
        expect(both.filter((change) => change === 'worse').length).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('report', () => {
  const base = { title: '', problem: null, rows: [], gibibytes: 2, notes: [] }
  const fetched: CaseResult = {
    ...base,
    name: 'http-memory',
    rows: [
      { program: 'longshore', seconds: 2, cpu: 3, memory: 90 },
      { program: 'curl', seconds: 4, cpu: 2, memory: 11 },
    ],
    figures: [ratio('wall', 's', [2], { name: 'curl', values: [4] }, { most: 0.4 })],
  }
  const failed: CaseResult = { ...base, name: 'app-idle', problem: 'not run: no display at all', figures: [] }
  const results = (cases: readonly CaseResult[]): Results => ({
    quick: false,
    rounds: 5,
    machine: '',
    load: [0, 0],
    cases,
  })

  it('shows each program beside ours', () => {
    const [, ours, curl] = rowsTable(fetched)
    expect(ours).toMatch(/^longshore +2\.00 +1\.00 +1\.50 +1\.00 +90$/)
    expect(curl).toMatch(/^curl +4\.00 +0\.50 +1\.00 +1\.50 +11$/)
  })

  it('shows ours, the other, the ratio, the goal and whether it is met', () => {
    const [, line] = figuresTable([fetched], null)
    expect(line).toMatch(/^http-memory +wall +2\.00 s +4\.00 +curl +0\.50 +≤ 0\.40 +SHORT$/)
  })

  it('compares with the figure of the same name beside the same other', () => {
    const before = { ...fetched, figures: [{ ...fetched.figures[0]!, value: 0.3 }] }
    expect(figuresTable([fetched], results([before]))[1]).toMatch(/SHORT +0\.30 WORSE$/)
    const beside = { ...before, figures: [{ ...before.figures[0]!, other: { name: 'wget', value: 4 } }] }
    expect(figuresTable([fetched], results([beside]))[1]).toMatch(/SHORT$/)
    expect(summary([fetched], results([before]))).toBe('0 goals met, 1 short, 1 worse than before')
  })

  it('says what was not measured, and why, without making room for it', () => {
    const lines = figuresTable([fetched, failed], null)
    expect(lines.at(-1)).toMatch(/^app-idle +not run: no display at all$/)
    expect(lines[0]!.length).toBeLessThan(100)
    expect(summary([failed], null)).toContain('not measured, or not in full: app-idle')
  })
})

describe('profiles', () => {
  const node = (id: number, functionName: string, ...children: number[]): CpuProfile['nodes'][number] => ({
    id,
    callFrame: { functionName, url: `${functionName}.js`, lineNumber: 0, columnNumber: 0 },
    children,
  })
  const profile: CpuProfile = {
    nodes: [node(1, '(root)', 2, 4, 5), node(2, 'round', 3), node(3, 'commit'), node(4, 'read'), node(5, '(idle)')],
    samples: [2, 3, 4, 5, 3],
    timeDeltas: [10, 20, 30, 400, 5],
  }

  it('counts what a function calls as its own, and no idle time', () => {
    const time = timeIn(
      profile,
      ({ name }) => name === 'round',
      (url) => url,
    )
    expect(time).toEqual({ wanted: 35, busy: 65, all: 465 })
  })

  it('asks for the source of each place', () => {
    const time = timeIn(
      profile,
      ({ source }) => source === 'src/read.ts',
      (url) => `src/${url.replace('.js', '.ts')}`,
    )
    expect(time.wanted).toBe(30)
  })
})

describe('processes of the application', () => {
  it.each([
    ['/opt/electron\0--no-sandbox\0/app\0', 'main'],
    ['/opt/electron --type=renderer --lang=en', 'window'],
    ['/opt/electron\0--type=gpu-process\0', 'gpu'],
    ['/opt/electron --type=utility --utility-sub-type=network.mojom.NetworkService --lang=en', 'network'],
    ['/opt/electron --type=utility --utility-sub-type=audio.mojom.AudioService', 'other utility'],
    ['/opt/electron\0--type=zygote\0--no-sandbox', 'zygote'],
  ])('%j', (commandLine, type) => expect(typeOf(commandLine)).toBe(type))
})
