import { createHash } from 'node:crypto'
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockSize } from '../../src/main/engine/integrity/blocks'
import { combineCrc, crcHex, isCrc, type CrcAlgorithm } from '../../src/main/engine/integrity/crc'
import { createDigest, parseChecksum, readChecksum } from '../../src/main/engine/integrity/digest'
import {
  createDigester,
  inPlaceLimit,
  type FileDigester,
  type FileReading,
} from '../../src/main/engine/integrity/digester'
import { FileReader, type CrcValues, type ReadOptions } from '../../src/main/engine/integrity/reader'
import { checksumAlgorithms, type ChecksumAlgorithm } from '../../src/shared/verification'
import { RequestFailure } from '../../src/shared/errors'
import { Content } from '../server'

const never = new AbortController().signal
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'longshore-verify-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function fileOf(name: string, bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, name)
  await writeFile(file, bytes)
  return file
}

/** A file of zeros that takes no space. */
async function sparseFile(file: string, length: number): Promise<void> {
  await writeFile(file, '')
  await truncate(file, length)
}

/** Those of CRCs are in crc.test.ts. */
const ofAbc = {
  md5: '900150983cd24fb0d6963f7d28e17f72',
  'sha-1': 'a9993e364706816aba3e25717850c26c9cd0d89d',
  'sha-256': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  'sha-512':
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
    '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
}
const algorithms = checksumAlgorithms

describe('createDigest', () => {
  it.each(Object.entries(ofAbc) as [ChecksumAlgorithm, string][])('%s of "abc"', (algorithm, hex) => {
    const digest = createDigest(algorithm)
    digest.update(Buffer.from('a'))
    digest.update(Buffer.from('bc'))
    expect(digest.hex()).toBe(hex)
  })
})

describe('parseChecksum', () => {
  it.each([
    [`sha-256=${'a'.repeat(64)}`, 'sha-256', 'a'.repeat(64)],
    [`SHA256:${'A'.repeat(64)}`, 'sha-256', 'a'.repeat(64)],
    [` sha_512 = ${'0'.repeat(128)}\n`, 'sha-512', '0'.repeat(128)],
    ['SHA1=a9993e364706816aba3e25717850c26c9cd0d89d', 'sha-1', ofAbc['sha-1']],
    ['md5:900150983cd24fb0d6963f7d28e17f72', 'md5', ofAbc.md5],
    [ofAbc.md5, 'md5', ofAbc.md5],
    [ofAbc['sha-1'], 'sha-1', ofAbc['sha-1']],
    [`  ${ofAbc['sha-256'].toUpperCase()}  `, 'sha-256', ofAbc['sha-256']],
    [ofAbc['sha-512'], 'sha-512', ofAbc['sha-512']],
    ['crc64xz=995dc9bbdf1939fa', 'crc64xz', '995dc9bbdf1939fa'],
    ['crc64xz=11051210869376104954', 'crc64xz', '995dc9bbdf1939fa'],
    ['CRC-64/XZ:0', 'crc64xz', '0000000000000000'],
    ['crc64ecma=18446744073709551615', 'crc64xz', 'ffffffffffffffff'],
  ])('%j', (text, algorithm, hex) => {
    expect(parseChecksum(text)).toEqual({ algorithm, hex })
  })

  it.each([
    ['', '0 digits do not tell'],
    ['abc', '3 digits do not tell'],
    ['995dc9bbdf1939fa', '16 digits do not tell'],
    ['sha-256=abc', 'A sha-256 checksum has 64 hex digits, not 3'],
    [`sha-3=${'a'.repeat(64)}`, '"sha-3" is not one of md5, sha-1'],
    [`=${'a'.repeat(64)}`, '"" is not one of'],
    [`sha-256=${'g'.repeat(64)}`, 'only the digits'],
    ['g'.repeat(32), 'only the digits'],
    ['crc64xz=18446744073709551616', 'below 2^64'],
    ['crc64xz=abc', 'below 2^64'],
    ['crc64xz=gggggggggggggggg', 'only the digits'],
    ['sha-256=ab cd', 'has the form'],
    ['a=b=c', 'has the form'],
  ])('refuses %j', (text, detail) => {
    expect(() => parseChecksum(text)).toThrow(RequestFailure)
    expect(() => parseChecksum(text)).toThrow(detail)
    try {
      parseChecksum(text)
    } catch (error) {
      expect((error as RequestFailure).error).toMatchObject({ code: 'E_CHECKSUM', field: 'checksum' })
    }
  })

  it('reads back what a digest says', () => {
    fc.assert(
      fc.property(fc.constantFrom(...algorithms), fc.uint8Array(), (algorithm, bytes) => {
        const digest = createDigest(algorithm)
        digest.update(bytes)
        const hex = digest.hex()
        expect(parseChecksum(`${algorithm}=${hex}`)).toEqual({ algorithm, hex })
        if (!isCrc(algorithm)) expect(parseChecksum(hex)).toEqual({ algorithm, hex })
      }),
    )
  })
})

/** The CRC of a file from those of its blocks. */
function wholeCrc(algorithm: CrcAlgorithm, blocks: readonly CrcValues[], total: number): bigint {
  return blocks.reduce((sum, block, index) => {
    const length = Math.min(total - index * blockSize, blockSize)
    return combineCrc(algorithm, sum, block[algorithm] ?? 0n, length)
  }, 0n)
}

/** What a whole file has, read by a reader or by the thread. */
async function digestOf(
  file: FileReader | FileReading,
  size: number,
  algorithm: ChecksumAlgorithm,
  options: ReadOptions = { signal: never },
): Promise<string | undefined> {
  const blocks = await file.read(0, size, options)
  if (isCrc(algorithm)) return crcHex(algorithm, wholeCrc(algorithm, blocks, size))
  return (await file.digests()).get(algorithm)
}

describe('FileReader', () => {
  it.each([0, 1, 999, 1000, 1001, 2000, 2001, 10_500])('of %i bytes in buffers of 1000', async (length) => {
    const bytes = new Content(length, 3).bytes()
    const file = await fileOf('read', bytes)
    const seen: number[] = []
    const onProgress = (n: number) => void seen.push(n)
    const reader = new FileReader(file, ['sha-256'], 0, 1000)
    expect(await digestOf(reader, length, 'sha-256', { signal: never, onProgress })).toBe(
      createHash('sha256').update(bytes).digest('hex'),
    )
    expect(seen.at(-1) ?? 0).toBe(length)
    expect(seen.length).toBe(Math.ceil(length / 1000))
  })

  it('takes several digests in one pass, and goes on where it stopped', async () => {
    const total = 2 * blockSize + 1234
    const bytes = new Content(total, 3).bytes()
    const reader = new FileReader(await fileOf('parts', bytes), ['sha-256', 'md5', 'crc32c', 'crc64nvme'])
    const last = await reader.read(2 * blockSize, total, { signal: never }) // out of order: no digest takes it in
    const first = await reader.read(0, blockSize, { signal: never })
    const second = await reader.read(blockSize, 2 * blockSize, { signal: never })
    await reader.read(2 * blockSize, total, { signal: never })
    expect(Object.fromEntries(reader.digests())).toEqual({
      'sha-256': createHash('sha256').update(bytes).digest('hex'),
      md5: createHash('md5').update(bytes).digest('hex'),
    })
    for (const algorithm of ['crc32c', 'crc64nvme'] as const) {
      const whole = createDigest(algorithm)
      whole.update(bytes)
      expect(crcHex(algorithm, wholeCrc(algorithm, [...first, ...second, ...last], total))).toBe(whole.hex())
    }
  })

  it('stops where the signal says, with its reason', async () => {
    const file = await fileOf('stop', Buffer.alloc(10_000))
    const abort = new AbortController()
    const reason = new Error('enough')
    let reads = 0
    const onProgress = (): void => {
      if (++reads === 3) abort.abort(reason)
    }
    const reader = new FileReader(file, ['md5'], 0, 1000)
    await expect(reader.read(0, 10_000, { signal: abort.signal, onProgress })).rejects.toBe(reason)
    expect(reads).toBe(3)
    await expect(reader.read(0, 10_000, { signal: abort.signal })).rejects.toBe(reason)
  })

  it('gives disk errors as they are, and does not follow a link', async () => {
    const read = (file: string, end = 1) => new FileReader(file, ['md5']).read(0, end, { signal: never })
    await expect(read(path.join(folder, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(read(folder)).rejects.toMatchObject({ code: 'EISDIR' })
    const target = await fileOf('target', Buffer.alloc(1))
    const link = path.join(folder, 'link')
    await symlink(target, link)
    await expect(read(link)).rejects.toMatchObject({ code: 'ELOOP' })
    await expect(read(target, 2)).rejects.toMatchObject({ code: 'SHORT' })
  })
})

// starting threads takes its time on a busy machine
describe('the digest thread', () => {
  const digestFile = async (
    from: FileDigester,
    file: string,
    size: number,
    algorithm: ChecksumAlgorithm,
    options: ReadOptions = { signal: never },
  ) => {
    const reading = from.open(file, size, [algorithm])
    try {
      return await digestOf(reading, size, algorithm, options)
    } finally {
      reading.close()
    }
  }

  let workerUrl: URL
  let digester: FileDigester
  /** What is smaller does not need the thread. */
  const size = inPlaceLimit + 1
  let zeros = ''
  const zerosDigest = (name: string) => createHash(name).update(Buffer.alloc(size)).digest('hex')

  beforeAll(async () => {
    // the thread runs built code: bundle its entry as the application's build does
    await build({
      configFile: false,
      logLevel: 'error',
      build: {
        ssr: path.resolve('src/main/digest-worker.ts'),
        outDir: path.join(folder, 'built'),
        rolldownOptions: { output: { entryFileNames: 'digest.mjs' } },
      },
    })
    workerUrl = pathToFileURL(path.join(folder, 'built', 'digest.mjs'))
    digester = createDigester({ workerUrl, idleMs: 60_000 })
    zeros = path.join(folder, 'zeros')
    await sparseFile(zeros, size)
  })
  afterAll(async () => {
    await digester.close()
  })

  it.each(algorithms)('digests a file with %s', async (algorithm) => {
    const bytes = new Content(19_500_000, 4).bytes()
    const file = await fileOf(`big-${algorithm}`, bytes)
    const expected = createDigest(algorithm)
    expected.update(bytes)
    expect(await digestFile(digester, file, 19_500_000, algorithm)).toBe(expected.hex())
  })

  it('takes several files, one after the other, and tells how far it is', async () => {
    const files = [path.join(folder, 'a'), path.join(folder, 'b')]
    for (const file of files) await sparseFile(file, 200_000_000)
    const expected = createHash('sha256').update(Buffer.alloc(200_000_000)).digest('hex')
    const order: string[] = []
    const results = await Promise.all(
      files.map(async (file) => {
        const name = path.basename(file)
        const onProgress = (): void => void order.push(name)
        const hex = await digestFile(digester, file, 200_000_000, 'sha-256', { signal: never, onProgress })
        order.push(`${name} done`)
        return hex
      }),
    )
    expect(results).toEqual([expected, expected])
    // several steps of each, and none of the second before the first is done
    expect(order.length).toBeGreaterThan(20)
    expect(order.filter((name, at) => name !== order[at - 1])).toEqual(['a', 'a done', 'b', 'b done'])
  })

  it('rejects with the disk error and goes on with the next file', async () => {
    const [missing, fine] = await Promise.allSettled(
      [path.join(folder, 'missing'), zeros].map((file) => digestFile(digester, file, size, 'md5')),
    )
    expect(missing).toMatchObject({ status: 'rejected', reason: { code: 'ENOENT' } })
    expect(fine).toEqual({ status: 'fulfilled', value: zerosDigest('md5') })
  })

  it('aborts the running file and one in the queue', async () => {
    const running = new AbortController()
    const queued = new AbortController()
    const big = path.join(folder, 'big')
    await sparseFile(big, 100_000_000)
    const first = digestFile(digester, big, 100_000_000, 'sha-512', {
      signal: running.signal,
      onProgress: () => running.abort(new Error('running')),
    })
    const second = digestFile(digester, big, 100_000_000, 'sha-512', { signal: queued.signal })
    const third = digestFile(digester, zeros, size, 'sha-512')
    queued.abort(new Error('queued'))
    const results = await Promise.allSettled([first, second, third])
    expect(results).toMatchObject([
      { status: 'rejected', reason: { message: 'running' } },
      { status: 'rejected', reason: { message: 'queued' } },
      { status: 'fulfilled', value: zerosDigest('sha512') },
    ])
    await expect(digestFile(digester, big, 100_000_000, 'md5', { signal: queued.signal })).rejects.toThrow('queued')
  })

  it('starts again after it ended for want of work', async () => {
    const shortLived = createDigester({ workerUrl, idleMs: 1 })
    for (let i = 0; i < 15; i++) {
      expect(await digestFile(shortLived, zeros, size, 'md5')).toBe(zerosDigest('md5'))
      // among these is the moment in which the thread is just ending
      await new Promise((resolve) => setTimeout(resolve, i % 5))
    }
    await shortLived.close()
  })

  it('rejects everything when it is closed', async () => {
    const closing = createDigester({ workerUrl })
    const big = path.join(folder, 'big')
    await sparseFile(big, 100_000_000)
    const jobs = [1, 2].map(() => digestFile(closing, big, 100_000_000, 'md5'))
    const settled = Promise.allSettled(jobs)
    await closing.close()
    expect((await settled).map((result) => result.status)).toEqual(['rejected', 'rejected'])
    await expect(digestFile(closing, 'x', size, 'md5')).rejects.toThrow('closed')
  })

  it('rejects when the thread cannot start, and tries anew for the next file', async () => {
    const broken = createDigester({ workerUrl: pathToFileURL(path.join(folder, 'nothing.mjs')) })
    for (let i = 0; i < 2; i++) {
      await expect(digestFile(broken, 'x', size, 'md5')).rejects.toThrow('thread that reads files ended')
    }
    await broken.close()
  })
})

describe('a checksum that was pasted', () => {
  const hex = 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855'
  const sha256 = { algorithm: 'sha-256', hex: hex.toLowerCase() }
  it.each([
    [hex],
    [`  ${hex}\n`],
    [`sha-256=${hex}`],
    [`SHA256: ${hex}`],
    [`${hex}  some file.iso`],
    [`${hex} *some file.iso`],
    [`SHA256 (some (odd) file.iso) = ${hex}`],
    [`SHA256(file.iso)= ${hex}`],
  ])('%j is read', (text) => {
    expect(readChecksum(text)).toEqual(sha256)
  })

  it.each([[''], ['file.iso'], ['e3b0c4'], [`md5=${hex}`], [`${hex}\n${hex}`]])('%j is refused', (text) => {
    expect(() => readChecksum(text)).toThrow(RequestFailure)
  })
})
