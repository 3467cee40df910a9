import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileKind } from '../../../src/renderer/downloads/fileKind'
import { matcher } from '../../../src/renderer/downloads/filter'
import {
  destination,
  noSelection,
  prune,
  select,
  selectAll,
  targets,
  type Selection,
} from '../../../src/renderer/downloads/selection'
import { actionsOf, secondsLeft, statusOf } from '../../../src/renderer/downloads/status'
import { splitName } from '../../../src/renderer/ui/splitName'
import type { DownloadError } from '../../../src/shared/errors'
import { transferring, view } from './views'

const error: DownloadError = { code: 'DNS', retry: 'later', detail: '' }

describe('states in words', () => {
  it.each([
    ['queued', { kind: 'queued' }, 'pause'],
    ['downloading', { kind: 'active', phase: { kind: 'probing' } }, 'pause'],
    ['downloading', transferring, 'pause'],
    ['waiting', { kind: 'active', phase: { kind: 'waiting', until: 0, reason: error } }, 'pause'],
    ['verifying', { kind: 'active', phase: { kind: 'verifying' } }, 'pause'],
    ['verifying', { kind: 'active', phase: { kind: 'publishing' } }, 'pause'],
    ['paused', { kind: 'paused' }, 'resume'],
    ['failed', { kind: 'failed', error }, 'retry'],
    ['completed', { kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } }, 'open'],
  ] as const)('%s', (status, state, action) => {
    expect(statusOf(view(1, { state }))).toBe(status)
    expect(actionsOf(view(1, { state }))[0]).toBe(action)
  })

  it('says how long it takes only when that is known', () => {
    const running = { state: transferring, received: 50, total: 100, bytesPerSecond: 10 }
    expect(secondsLeft(view(1, running))).toBe(5)
    expect(secondsLeft(view(1, { ...running, bytesPerSecond: 0 }))).toBeNull()
    expect(secondsLeft(view(1, { ...running, total: null }))).toBeNull()
    expect(secondsLeft(view(1, { ...running, state: { kind: 'paused' } }))).toBeNull()
  })
})

describe('search', () => {
  const views = [
    view(1, { name: 'Debian-12.iso', url: 'https://cdimage.debian.org/x' }),
    view(2, { name: 'パンフレット.pdf', url: 'https://example.jp/%E8%B3%87%E6%96%99/a' }),
    view(3, { name: 'plain.bin', url: 'https://example.org/%ZZ' }),
  ]
  const find = (query: string) => views.filter(matcher(query)).map(({ id }) => id)

  it('looks at names and addresses, in any case', () => {
    expect(find('DEBIAN')).toEqual([1])
    expect(find('cdimage')).toEqual([1])
    expect(find('example')).toEqual([2, 3])
  })
  it('wants every word', () => expect(find('iso  debian')).toEqual([1]))
  it('finds what is read, not how it is encoded', () => {
    expect(find('資料')).toEqual([2])
    // A macOS file name has its accents apart, and an input method may give half-width letters.
    expect(find('ハ\u309aンフ')).toEqual([2])
    expect(find('ﾊﾟﾝﾌ')).toEqual([2])
  })
  it('finds everything when it is empty', () => expect(find('  ')).toEqual([1, 2, 3]))
})

describe('selection', () => {
  const order = [10, 20, 30, 40, 50]
  const ids = (selection: Selection) => [...selection.ids]
  const one = select(noSelection, order, 20, 'only')

  it('is one row, or several', () => {
    expect(ids(one)).toEqual([20])
    expect(ids(select(one, order, 40, 'toggle'))).toEqual([20, 40])
    expect(ids(select(one, order, 20, 'toggle'))).toEqual([])
  })

  it('extends from where it began, both ways', () => {
    const down = select(one, order, 40, 'extend')
    expect(ids(down)).toEqual([20, 30, 40])
    expect(ids(select(down, order, 10, 'extend'))).toEqual([10, 20])
    expect(ids(select(noSelection, order, 30, 'extend'))).toEqual([30])
  })

  it('moves the keyboard without choosing', () => {
    const moved = select(one, order, 50, 'move')
    expect(moved).toMatchObject({ current: 50, anchor: 20 })
    expect(ids(moved)).toEqual([20])
    // A command is then for the row that the user looks at.
    expect(targets(moved)).toEqual([50])
    expect(targets(one)).toEqual([20])
  })

  it('can be everything', () => expect(ids(selectAll(one, order))).toEqual(order))

  it('hands the keyboard on when its row goes', () => {
    const after = prune(select(one, order, 30, 'toggle'), [10, 20, 40, 50], 2)
    expect(after.current).toBe(40)
    expect(ids(after)).toEqual([20])
    expect(prune(select(noSelection, order, 50, 'only'), [10, 20], 4).current).toBe(20)
    expect(prune(one, [], 1)).toEqual({ ids: new Set(), anchor: null, current: null })
    expect(prune(noSelection, order, -1)).toBe(noSelection)
  })

  it('goes where the keys say, and stays inside', () => {
    expect(destination('ArrowDown', -1, 5, 3)).toBe(0)
    expect(destination('ArrowDown', 4, 5, 3)).toBe(4)
    expect(destination('ArrowUp', 0, 5, 3)).toBe(0)
    expect(destination('PageDown', 1, 5, 3)).toBe(4)
    expect(destination('PageUp', 4, 5, 3)).toBe(1)
    expect(destination('Home', 3, 5, 3)).toBe(0)
    expect(destination('End', 3, 5, 3)).toBe(4)
    expect(destination('x', 3, 5, 3)).toBeNull()
  })
})

describe('long names', () => {
  it('lose nothing when they are split, and no character is torn', () => {
    const grapheme = fc.constantFrom('a', '.', '名', 'e\u0301', '👩‍👩‍👧', '🇯🇵', 'か\u3099')
    fc.assert(
      fc.property(fc.array(grapheme, { maxLength: 80 }), fc.integer({ min: 1, max: 20 }), (characters, tail) => {
        const name = characters.join('')
        const [head, end] = splitName(name, tail)
        expect(head + end).toBe(name)
        const segments = (text: string) => [...new Intl.Segmenter().segment(text)].length
        expect(segments(head) + segments(end)).toBe(segments(name))
      }),
    )
  })

  it('keep their extension in sight', () => {
    expect(splitName('short.zip', 12)).toEqual(['short.zip', ''])
    expect(splitName(`${'x'.repeat(100)}-final.tar.gz`, 12)[1]).toBe('final.tar.gz')
  })
})

it('chooses a picture by the extension', () => {
  expect(fileKind('a.ISO')).toBe('disc')
  expect(fileKind('a.tar.gz')).toBe('archive')
  expect(fileKind('.zip')).toBe('other')
  expect(fileKind('zip')).toBe('other')
  expect(fileKind('a.constructor')).toBe('other')
})
