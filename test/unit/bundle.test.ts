import fc from 'fast-check'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BundleHead } from '../../src/shared/bundle'
import { RequestFailure } from '../../src/shared/errors'
import { describe as described } from '../../src/main/engine/carry/head'
import { bytesIn, decodeHead, encodeHead, piecesOf } from '../../src/main/engine/carry/layout'
import { pack, unfinishedName } from '../../src/main/engine/carry/pack'
import { openBundle, unpack } from '../../src/main/engine/carry/unpack'
import { createPart } from '../../src/main/engine/files/file'
import type { DownloadRecord, Remote } from '../../src/main/engine/ports'
import { record as stored } from '../stored-record'

const mebibyte = 1024 * 1024
const block = 4 * mebibyte

let root: string
beforeAll(async () => void (root = await mkdtemp(path.join(tmpdir(), 'longshore-bundle-'))))
afterAll(() => rm(root, { recursive: true, force: true }))

const remote = (total: number): NonNullable<BundleHead['remote']> => ({
  url: 'https://example.com/film.mkv',
  total,
  validator: { kind: 'etag', value: '"1"' },
  ranges: true,
  contentType: null,
})

function head(total: number, runs: BundleHead['runs']): BundleHead {
  return {
    program: 'Longshore 0',
    made: 1,
    url: 'https://example.com/film.mkv',
    linkCut: false,
    login: false,
    mirrors: [],
    name: 'film.mkv',
    requestedName: null,
    connections: null,
    partSize: null,
    threshold: null,
    checksum: null,
    addedAt: 1,
    remote: remote(total),
    promised: null,
    runs,
  }
}

/** Runs in order and apart from each other within a file. */
const runsIn = (total: number) =>
  fc
    .uniqueArray(fc.nat({ max: total }), { maxLength: 12 })
    .map((marks) => marks.toSorted((a, b) => a - b))
    .map((marks) =>
      Array.from({ length: Math.floor(marks.length / 2) }, (_, n): [number, number] => [
        marks[2 * n]!,
        marks[2 * n + 1]!,
      ]),
    )

const packing = {
  sums: new Map<number, number>(),
  leftovers: [],
  signal: new AbortController().signal,
  onProgress: () => undefined,
}
const unpacking = (name: string, change: object = {}) => ({
  folder: path.join(root, 'to'),
  name,
  lock: () => undefined,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...change,
})

let made = 0
/** A partial file with those bytes in it, and a bundle of it. */
async function bundled(total: number, runs: BundleHead['runs']) {
  const name = `film-${++made}.mkv`
  const bytes = randomBytes(Math.min(total, mebibyte))
  const file = path.join(root, `${name}.part`)
  const part = await createPart(file, total)
  for (const [start, end] of runs) {
    for (let at = start; at < end; at += bytes.length) {
      await part.write([bytes.subarray(0, Math.min(bytes.length, end - at))], at)
    }
  }
  await part.close()
  const bundle = path.join(root, `${name}.longshore`)
  const carried = { path: file, inode: part.inode, generation: '00000000' }
  const packed = await pack(bundle, head(total, runs), carried, packing)
  return { name, file, bundle, carried, packed }
}

async function unpacked(bundle: string, name: string, change: object = {}) {
  const opened = await openBundle(bundle)
  try {
    return await unpack(opened, unpacking(name, change))
  } finally {
    await opened.close()
  }
}

const names = () => readdir(path.join(root, 'to')).catch(() => [])
/** The code that a promise is rejected with. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => (error instanceof RequestFailure ? error.error.code : String(error)),
  )

describe('a bundle', () => {
  it('brings exactly the bytes of its runs, for any runs', async () => {
    const total = 3 * block + 12_345
    await fc.assert(
      fc.asyncProperty(runsIn(total), async (runs) => {
        const { name, file, bundle, packed } = await bundled(total, runs)
        const { size } = await stat(bundle)
        expect(packed).toEqual({ kind: 'written', bytes: size })
        const there = await unpacked(bundle, name)
        const [from, to] = [await readFile(file), await readFile(there.path)]
        expect(to.length).toBe(runs.length === 0 ? total : from.length)
        expect(to.equals(from)).toBe(true) // both are zeros beside the runs
        const summed = [...there.sums.keys()].length
        expect(summed + there.leftovers.length).toBe([...piecesOf(runs)].length)
        await Promise.all([file, bundle, there.path].map((each) => rm(each)))
      }),
      { numRuns: 25 },
    )
  })

  it('holds the bytes that are written and not the holes between them', async () => {
    const { bundle } = await bundled(60 * 1024 * mebibyte, [
      [0, mebibyte],
      [50 * 1024 * mebibyte, 50 * 1024 * mebibyte + 5],
    ])
    expect((await stat(bundle)).size).toBeLessThan(mebibyte + 2000)
  })

  it('that was altered anywhere, by one bit, is refused, and nothing is left of it', async () => {
    const { name, bundle } = await bundled(2 * block, [[100, block + 1000]])
    const whole = await readFile(bundle)
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
        const altered = Buffer.from(whole)
        altered[at]! ^= 1 << bit
        const copy = `${bundle}.altered`
        await writeFile(copy, altered)
        expect(await refusal(unpacked(copy, name))).toMatch(/^E_BUNDLE(_VERSION)?$/)
        expect(await names()).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('that was cut anywhere, or has something behind it, is refused before anything is written', async () => {
    const { bundle } = await bundled(2 * block, [[0, block + 1000]])
    const { size } = await stat(bundle)
    for (const length of [0, 5, 21, 40, size >> 1, size - 1, size + 1]) {
      const copy = `${bundle}.cut`
      await writeFile(copy, await readFile(bundle))
      await truncate(copy, length)
      expect(await refusal(openBundle(copy))).toBe('E_BUNDLE')
    }
  })

  it('whose pieces stand in another order is refused', async () => {
    const { name, bundle } = await bundled(4 * block, [[0, 3 * block]])
    const whole = await readFile(bundle)
    const [first, second] = [whole.length - 3 * (block + 32), whole.length - 2 * (block + 32)]
    const moved = Buffer.concat([
      whole.subarray(0, first),
      whole.subarray(second, second + block + 32),
      whole.subarray(first, second),
      whole.subarray(second + block + 32),
    ])
    // With equal bytes in every block even the sums of single pieces would be equal.
    await writeFile(bundle, moved)
    expect(await refusal(unpacked(bundle, name))).toBe('E_BUNDLE')
  })

  it('of a newer version is named as that', async () => {
    const file = path.join(root, 'newer.longshore')
    await writeFile(file, 'longshore bundle 2\nwhatever')
    expect(await refusal(openBundle(file))).toBe('E_BUNDLE_VERSION')
  })

  it('that is none, is a folder or is not there is refused', async () => {
    const file = path.join(root, 'photo.jpg')
    await writeFile(file, randomBytes(1000))
    expect(await refusal(openBundle(file))).toBe('E_BUNDLE')
    expect(await refusal(openBundle(root))).toBe('E_BUNDLE')
    expect(await refusal(openBundle(path.join(root, 'nothing')))).toBe('E_FILE_MISSING')
  })

  it('with runs that no file of that length has is refused, although its sum is right', async () => {
    const wrong: BundleHead['runs'][] = [
      [[0, 11]],
      [[5, 5]],
      [
        [4, 8],
        [0, 4],
      ],
      [
        [0, 4],
        [4, 8],
      ],
    ]
    for (const runs of wrong) {
      expect(await refusal(decodeHead((await encodeHead(head(10, runs))) as Buffer<ArrayBuffer>))).toBe('E_BUNDLE')
    }
    const none = { ...head(10, [[0, 5]]), remote: null }
    expect(await refusal(decodeHead((await encodeHead(none)) as Buffer<ArrayBuffer>))).toBe('E_BUNDLE')
  })

  it('takes no bytes from a disk that gives back others than were written', async () => {
    const { file, bundle, carried } = await bundled(3 * block, [[0, 3 * block]])
    const there = await unpacked(bundle, 'sums.mkv')
    const handle = await open(file, 'r+')
    await handle.write(Buffer.from('x'), 0, 1, block + 7)
    await handle.close()
    await rm(bundle)
    const packed = await pack(bundle, head(3 * block, [[0, 3 * block]]), carried, { ...packing, sums: there.sums })
    expect(packed).toEqual({ kind: 'damaged', ranges: [{ start: block, end: 2 * block }] })
    await expect(stat(bundle)).rejects.toThrow()
    await expect(stat(unfinishedName(bundle))).rejects.toThrow()
  })

  it('ends with its signal, and leaves nothing behind', async () => {
    const { name, bundle } = await bundled(6 * block, [[0, 6 * block]])
    const control = new AbortController()
    const stopped = unpacked(bundle, name, { signal: control.signal, onProgress: () => control.abort(new Error('no')) })
    await expect(stopped).rejects.toThrow('no')
    expect((await names()).filter((each) => each.startsWith(name))).toEqual([])
  })

  it('replaces what a killed import of it left behind', async () => {
    const { name, bundle } = await bundled(block, [[0, block]])
    const opened = await openBundle(bundle)
    const begun: string[] = []
    await unpack(opened, unpacking(name, { lock: (file: string) => void begun.push(file) })).finally(() =>
      opened.close(),
    )
    await writeFile(begun[0]!, 'what was written until then')
    await unpacked(bundle, name)
    expect(await names()).not.toContain(path.basename(begun[0]!))
  })
})

describe('what is written down of a download', () => {
  const record = (change: Partial<DownloadRecord>): DownloadRecord =>
    stored({
      url: 'https://example.com/film.mkv',
      folder: '/home/me',
      name: 'film.mkv',
      state: { kind: 'paused' },
      remote: { ...remote(100), url: 'https://cdn.example.net/x?token=SECRET', publicOnly: true },
      part: {
        kind: 'open',
        generation: '12345678',
        path: '/home/me/film.mkv.12345678.part',
        inode: '1@1',
        segments: [{ start: 0, end: 100, written: 40 }],
      },
      ...change,
    })
  const headOf = (change: Partial<DownloadRecord>) => described(record(change), null, true, 'Longshore 0', 2).head

  it('has no secret, no path and no account', () => {
    const url = 'https://example.com/film.mkv?X-Amz-Signature=SECRET&part=2'
    const found = headOf({
      url,
      secret: { kind: 'sealed', bytes: Buffer.from('SECRET') },
      account: 'SECRET',
      mirrors: [
        { url: 'https://a.example.com/film.mkv?token=SECRET', from: 'user' },
        { url: 'https://b.example.com/film.mkv', from: 'user' },
      ],
    })
    expect(JSON.stringify(found)).not.toMatch(/SECRET|\/home/)
    expect(found).toMatchObject({ url: 'https://example.com/film.mkv?part=2', linkCut: true, login: true })
    expect(found.mirrors.map((mirror) => mirror.url)).toEqual(['https://b.example.com/film.mkv'])
  })

  it('names the address itself, not where its redirects ended, and that nothing was cut', () => {
    expect(headOf({})).toMatchObject({ linkCut: false, remote: { url: 'https://example.com/film.mkv' } })
  })

  it('keeps the version of an object in a cloud store', () => {
    const found = headOf({
      url: 'oss://bucket/film.mkv',
      remote: {
        ...remote(100),
        url: 'https://bucket.oss-cn-x.aliyuncs.com/film.mkv?versionId=CAEQ12345678901234567890ab',
      },
    })
    expect(found.remote?.url).toBe('https://bucket.oss-cn-x.aliyuncs.com/film.mkv?versionId=CAEQ12345678901234567890ab')
    expect(found.linkCut).toBe(false)
  })

  it('is refused for a download that could only begin again', () => {
    const lost: Remote = { ...remote(100), validator: null }
    expect(() => headOf({ remote: lost })).toThrow('E_CARRY')
    expect(headOf({ remote: lost, part: { kind: 'none' } }).runs).toEqual([])
  })

  it('of all bytes of a file that has not got its name yet, whatever its server can', () => {
    const part = {
      kind: 'finalizing',
      generation: '12345678',
      path: '/p',
      inode: '1@1',
      finalPath: '/f',
      bytes: 100,
      verification: { kind: 'unverified', reason: 'no-checksum' },
    } as const
    expect(bytesIn(headOf({ remote: { ...remote(100), ranges: false }, part }).runs)).toBe(100)
  })
})

it('the sums of a bundle are those that docs/bundle.md names', async () => {
  const { bundle } = await bundled(10, [[2, 7]])
  const bytes = await readFile(bundle)
  const length = bytes.readUInt32BE(19)
  expect(bytes.subarray(0, 19).toString()).toBe('longshore bundle 1\n')
  const sha = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
  const [headEnd, pieceEnd] = [23 + length, 23 + length + 32 + 5]
  const first = sha(bytes.subarray(0, headEnd))
  expect(bytes.subarray(headEnd, headEnd + 32).equals(first)).toBe(true)
  expect(bytes.subarray(pieceEnd).equals(sha(first, bytes.subarray(headEnd + 32, pieceEnd)))).toBe(true)
})
