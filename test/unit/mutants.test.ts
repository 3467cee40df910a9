import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { mutants } from '../mutants/mutants'

const root = path.resolve(import.meta.dirname, '../..')

describe('the list of mutants', () => {
  it.each(mutants)('$rule: its text stands there once, and its tests are there', ({ file, from, tests }) => {
    const source = readFileSync(path.join(root, 'src/main/engine', file), 'utf8')
    expect(source.split(from)).toHaveLength(2)
    for (const test of tests) expect(existsSync(path.join(root, 'test', test)), test).toBe(true)
  })
})
