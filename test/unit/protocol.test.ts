import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileFor } from '../../src/main/shell/ui-file'

const root = path.resolve('/opt/longshore/out/renderer')
const inside = (...names: string[]) => path.join(root, ...names)

describe('the file behind an address of the window', () => {
  it.each([
    ['app://longshore/', inside('index.html')],
    ['app://longshore', inside('index.html')],
    ['app://longshore/assets/index-1a2b.js', inside('assets', 'index-1a2b.js')],
    ['app://longshore/a%20b.css?v=1#x', inside('a b.css')],
    ['app://longshore/./a/../b.js', inside('b.js')],
  ])('%s', (address, file) => {
    expect(fileFor(root, address)).toBe(file)
  })

  it.each([
    'app://longshore/../secret',
    'app://longshore/..%2fsecret',
    'app://longshore/..%2Fsecret',
    'app://longshore/%2e%2e/secret',
    'app://longshore/%2e%2e%2fsecret',
    'app://longshore/assets/..%2f..%2f..%2fetc/passwd',
    'app://longshore/..%5csecret',
    'app://longshore/..\\secret',
    'app://longshore/%2fetc%2fpasswd/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd',
    'app://longshore/a%00.js',
    'app://longshore/%',
    'app://longshore/%ff',
    'app://longshore/..%2frenderer-evil/x.js',
    'app://longshore/..%2frenderer',
    'app://elsewhere/index.html',
    'app:///index.html',
  ])('4 of the security rules: %s has none, or one inside', (address) => {
    const file = fileFor(root, address)
    if (file !== null) expect(file.startsWith(root + path.sep)).toBe(true)
  })

  it.each([
    'app://longshore/..%2fsecret',
    'app://longshore/%2e%2e%2fsecret',
    'app://longshore/..%5csecret',
    'app://longshore/a%00.js',
    'app://longshore/%',
    'app://longshore/..%2frenderer-evil/x.js',
    'app://elsewhere/index.html',
  ])('%s has none', (address) => {
    expect(fileFor(root, address)).toBeNull()
  })

  it('is inside the folder, whatever is asked', () => {
    const pieces = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2E',
      '%2f',
      '%5c',
      '%00',
      '%25',
      'a',
      'renderer',
      '%c0%ae',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (names) => {
        const file = fileFor(root, `app://longshore/${names.join('')}`)
        if (file === null) return
        expect(file.startsWith(root + path.sep)).toBe(true)
        expect(path.normalize(file)).toBe(file)
      }),
      { numRuns: 500 },
    )
  })
})
