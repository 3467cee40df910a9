import fc from 'fast-check'

/**
 * What a server does during one download, and what happens to the download meanwhile: plain data, so that a
 * counterexample can be printed, shrunk and run again (`LONGSHORE_FUZZ_PROGRAM`).
 */
export interface Program {
  readonly size: number
  /** Bytes. */
  readonly partSize: number
  /** `null`: slow start. */
  readonly connections: number | null
  /** Downloads of the same address at the same time. */
  readonly copies: 1 | 2
  /** Of the file as it is at the beginning. */
  readonly checksum: boolean
  /** Bytes per second of each answer; `null`: as fast as it goes. */
  readonly rate: number | null
  readonly troubles: readonly Trouble[]
  readonly events: readonly Event[]
  /** Another address of the download, on a server of its own. */
  readonly mirror: SecondServer | null
  /** After a failure the server becomes honest, and the download is resumed. */
  readonly heals: boolean
}

/** Requests that a trouble is for: all, the k-th, the first m, from the k-th on, those that start behind or at byte 0. */
export type Where =
  'all' | 'mid' | 'start' | { readonly nth: number } | { readonly first: number } | { readonly from: number }

/** Offsets are per mille of the size, so that they stay meaningful while the size shrinks. */
export type Trouble = { readonly where: Where } & Kind

export type Kind =
  // Ranges, validators and conditions.
  | { readonly kind: 'ranges'; readonly value: boolean | 'none' | 'ignore-nonzero' | 'unannounced' | 'refuse' }
  | { readonly kind: 'maxRange'; readonly share: number }
  | { readonly kind: 'emptyRange'; readonly value: 200 | 416 }
  | { readonly kind: 'conditions' }
  | { readonly kind: 'etag'; readonly value: 'weak' | 'none' | '"fixed"' | 'W/"fixed"' | '""' }
  | { readonly kind: 'lastModified'; readonly value: null | 'fixed' | 'nonsense' | 'future' }
  | { readonly kind: 'date'; readonly value: null | 'nonsense' | 'same' | 'fixed' }
  // What is said about the body, and what it is.
  | {
      readonly kind: 'contentRange'
      readonly value: 'missing' | 'malformed' | 'multipart' | 'duplicate' | 'conflicting' | RangeFault
    }
  | { readonly kind: 'contentEncoding'; readonly value: 'gzip' | 'identity' | 'br'; readonly twice: boolean }
  | { readonly kind: 'duplicate'; readonly name: string; readonly other: string | null }
  | { readonly kind: 'framing'; readonly value: 'chunked' | 'close' }
  /** Difference to the true length; two of them are two lines. */
  | { readonly kind: 'contentLength'; readonly off: readonly number[] }
  | { readonly kind: 'lengthAndChunked' }
  | { readonly kind: 'extraBytes'; readonly bytes: number }
  | { readonly kind: 'badChunk'; readonly share: number }
  | { readonly kind: 'corrupt'; readonly share: number }
  // Time and connections.
  | { readonly kind: 'cut'; readonly share: number; readonly how: 'fin' | 'rst' }
  | { readonly kind: 'stall'; readonly share: number }
  | { readonly kind: 'delay' | 'delayBody'; readonly ms: number }
  | { readonly kind: 'maxConnections'; readonly limit: number; readonly answer: 429 | 503 | 'rst' | 'close' }
  // Something else than the file.
  | { readonly kind: 'status'; readonly code: number; readonly retryAfter: string | null }
  | { readonly kind: 'page' }
  | { readonly kind: 'refuse'; readonly how: 'rst' | 'fin' }
  | { readonly kind: 'silent' | 'notHttp' | 'oversizedHeaders' }
  | { readonly kind: 'redirect'; readonly hops: number; readonly status: number }
  // Answers written by hand: see answers.ts.
  /** 206 whose header says truly that it is another range than the one asked for. */
  | { readonly kind: 'otherRange'; readonly share: number }
  /** 206 for (the first part of) the range, with bytes behind it that are none of the file's. */
  | {
      readonly kind: 'overlong'
      readonly share: number
      readonly extra: number
      readonly framing: 'length' | 'chunked' | 'close'
    }
  /** 206 that promises the range and honestly ends its body earlier. */
  | { readonly kind: 'short'; readonly share: number }
  /** Chunked 206 that ends inside its only chunk. */
  | { readonly kind: 'truncatedChunk'; readonly share: number }
  /** 206 from a server that has another version, and does not look at If-Range. */
  | { readonly kind: 'replica'; readonly grow: number; readonly validators: 'both' | 'modified' }
  /** 206 with the fields that §15.3.7 demands and no Last-Modified, or the whole when If-Range does not match. */
  | { readonly kind: 'terse'; readonly tag: boolean }
  /** multipart/byteranges that has a Content-Range of its own as well. */
  | { readonly kind: 'labelledMultipart' }

/** A mirror, perhaps of something else. */
export interface SecondServer {
  /** The same bytes; all but the one at a place (per mille of the size); all others. */
  readonly has: 'same' | 'other' | { readonly allBut: number }
  /** Bytes that it has more, at the end. */
  readonly grow: number
  /**
   * Its ETag: its own, that of the first server, or that of the first server where both look as if they were made of the
   * content.
   */
  readonly tag: 'own' | 'same' | 'content'
  /** Bytes per second of each answer of the first server, at most: that gives time to get to know this one. */
  readonly slow: number
  readonly troubles: readonly Trouble[]
  /** Uploads there, at the k-th request. */
  readonly changes: readonly { readonly request: number; readonly grow: number; readonly keepValidators: boolean }[]
}

export interface RangeFault {
  readonly shift?: number
  /** Difference to the true end and total. */
  readonly end?: number
  readonly total?: number | '*'
}

export interface Event {
  /** The k-th request has come, or so many per mille of the size have been sent. */
  readonly at: { readonly request: number } | { readonly share: number }
  readonly what: Happening
}

export type Happening =
  | { readonly kind: 'pause'; readonly ms: number }
  /** The program ends and starts again. */
  | { readonly kind: 'restart' }
  /** Another upload. `keepValidators` only with a checksum: nothing else could tell. */
  | { readonly kind: 'change'; readonly grow: number; readonly keepValidators: boolean }
  | { readonly kind: 'resetConnections' }

const share = fc.integer({ min: 0, max: 1000 })
/** For troubles of every request: none of them makes the number of requests explode. */
const largeShare = fc.oneof(fc.constant(0), fc.integer({ min: 40, max: 1000 }))
const few = fc.integer({ min: 1, max: 4 })

const where: fc.Arbitrary<Where> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ nth: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 3, arbitrary: fc.record({ first: few }) },
  { weight: 2, arbitrary: fc.constantFrom('mid' as const, 'start' as const) },
  { weight: 2, arbitrary: fc.record({ from: few }) },
  { weight: 2, arbitrary: fc.constant('all' as const) },
)

const isBounded = (place: Where) => typeof place === 'object' && !('from' in place)

const kind = <K extends string>(name: K) => fc.constant(name)
/** Small and around the multiples that buffers have. */
const extra = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 100_000 }))
const signed = fc.oneof(fc.constantFrom(-1, 1), fc.integer({ min: -5000, max: 5000 }))

const rangeFault: fc.Arbitrary<RangeFault> = fc.oneof(
  fc.record({ shift: signed }),
  fc.record({ end: signed }),
  fc.record({ total: fc.oneof(signed, fc.constant('*' as const)) }),
  fc.record({ shift: signed, end: signed, total: signed }),
)

const validators: fc.Arbitrary<Kind> = fc.oneof(
  fc.record({
    kind: kind('etag'),
    value: fc.constantFrom(
      'weak' as const,
      'none' as const,
      'none' as const,
      '"fixed"' as const,
      'W/"fixed"' as const,
      '""' as const,
    ),
  }),
  fc.record({
    kind: kind('lastModified'),
    value: fc.constantFrom(null, 'fixed' as const, 'nonsense' as const, 'future' as const),
  }),
  fc.record({
    kind: kind('date'),
    value: fc.constantFrom(null, 'nonsense' as const, 'same' as const, 'fixed' as const),
  }),
  fc.record({ kind: kind('conditions') }),
)

const representation: fc.Arbitrary<Kind> = fc.oneof(
  fc.record({
    kind: kind('ranges'),
    value: fc.constantFrom(
      false,
      'none' as const,
      'ignore-nonzero' as const,
      'unannounced' as const,
      'refuse' as const,
      true,
    ),
  }),
  fc.record({ kind: kind('maxRange'), share: fc.integer({ min: 40, max: 900 }) }),
  fc.record({ kind: kind('emptyRange'), value: fc.constantFrom(200 as const, 416 as const) }),
  fc.record({
    kind: kind('contentRange'),
    value: fc.oneof(
      rangeFault,
      fc.constantFrom(
        'missing' as const,
        'malformed' as const,
        'multipart' as const,
        'duplicate' as const,
        'conflicting' as const,
      ),
    ),
  }),
  fc.record({
    kind: kind('contentEncoding'),
    value: fc.constantFrom('gzip' as const, 'identity' as const, 'br' as const),
    twice: fc.boolean(),
  }),
  fc.record({
    kind: kind('duplicate'),
    name: fc.constantFrom('ETag', 'Last-Modified', 'Content-Type', 'Accept-Ranges', 'Date', 'Content-Encoding'),
    other: fc.option(fc.constantFrom('"other"', 'text/plain', 'Thu, 01 Jan 2026 00:00:00 GMT')),
  }),
)

const framing: fc.Arbitrary<Kind> = fc.oneof(
  fc.record({ kind: kind('corrupt'), share }),
  fc.record({ kind: kind('framing'), value: fc.constantFrom('chunked' as const, 'close' as const) }),
  fc.record({ kind: kind('contentLength'), off: fc.array(signed, { minLength: 1, maxLength: 2 }) }),
  fc.record({ kind: kind('lengthAndChunked') }),
  fc.record({ kind: kind('extraBytes'), bytes: extra }),
  fc.record({ kind: kind('badChunk'), share: largeShare }),
)

const breaks: fc.Arbitrary<Kind> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: kind('cut'), share: largeShare, how: fc.constantFrom('fin', 'rst') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('stall'),
      share: fc.oneof(fc.constant(0), fc.integer({ min: 300, max: 1000 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('delay' as const, 'delayBody' as const),
      ms: fc.integer({ min: 1, max: 60 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('maxConnections'),
      limit: few,
      answer: fc.constantFrom(429 as const, 503 as const, 'rst' as const, 'close' as const),
    }),
  },
)

const instead: fc.Arbitrary<Kind> = fc.oneof(
  fc.record({
    kind: kind('status'),
    code: fc.constantFrom(204, 206, 304, 400, 401, 403, 404, 408, 410, 412, 416, 429, 500, 502, 503, 504),
    retryAfter: fc.constantFrom(null, null, '0', '0', '1', 'soon', '1000000000'),
  }),
  fc.record({ kind: kind('page') }),
  fc.record({ kind: kind('refuse'), how: fc.constantFrom('rst' as const, 'fin' as const) }),
  fc.record({ kind: fc.constantFrom('silent' as const, 'notHttp' as const, 'oversizedHeaders' as const) }),
  fc.record({
    kind: kind('redirect'),
    hops: fc.constantFrom(1, 2, 3, 22),
    status: fc.constantFrom(301, 302, 303, 307, 308),
  }),
)

const byHand: fc.Arbitrary<Kind> = fc.oneof(
  fc.record({ kind: kind('otherRange'), share }),
  fc.record({
    kind: kind('overlong'),
    share: fc.integer({ min: 40, max: 1000 }),
    extra,
    framing: fc.constantFrom('length' as const, 'chunked' as const, 'close' as const),
  }),
  fc.record({ kind: fc.constantFrom('short' as const, 'truncatedChunk' as const), share: largeShare }),
  fc.record({
    kind: kind('replica'),
    grow: fc.constantFrom(0, 0, 1, -1, 500),
    validators: fc.constantFrom('both' as const, 'modified' as const),
  }),
  fc.record({ kind: kind('terse'), tag: fc.boolean() }),
  fc.record({ kind: kind('labelledMultipart') }),
)

const trouble: fc.Arbitrary<Trouble> = fc
  .tuple(
    where,
    fc.oneof(
      { weight: 4, arbitrary: validators },
      { weight: 4, arbitrary: representation },
      { weight: 3, arbitrary: framing },
      { weight: 4, arbitrary: breaks },
      { weight: 3, arbitrary: instead },
      { weight: 4, arbitrary: byHand },
    ),
  )
  // Each of these costs a second, the resolution of undici's timers: not for ever.
  .map(([place, what]) => ({
    where: (what.kind === 'stall' || what.kind === 'silent') && !isBounded(place) ? { first: 2 } : place,
    ...what,
  }))

const event: fc.Arbitrary<Event> = fc.record({
  at: fc.oneof(fc.record({ request: fc.integer({ min: 1, max: 6 }) }), fc.record({ share })),
  what: fc.oneof(
    fc.record({
      kind: kind('change'),
      grow: fc.constantFrom(0, 0, 0, 1, -1, 1000, -1000),
      keepValidators: fc.boolean(),
    }),
    fc.record({ kind: kind('pause'), ms: fc.integer({ min: 0, max: 30 }) }),
    fc.record({ kind: kind('restart') }),
    fc.record({ kind: kind('resetConnections') }),
  ),
})

const secondServer: fc.Arbitrary<SecondServer> = fc.record({
  has: fc.oneof(
    { weight: 2, arbitrary: fc.constant('same' as const) },
    { weight: 1, arbitrary: fc.constant('other' as const) },
    { weight: 3, arbitrary: fc.record({ allBut: share }) },
  ),
  grow: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 1, -1, 5000, -5000),
  tag: fc.constantFrom('own' as const, 'same' as const, 'content' as const, 'content' as const, 'content' as const),
  slow: fc.integer({ min: 50_000, max: 400_000 }),
  troubles: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(trouble, { maxLength: 3 }) },
  ),
  changes: fc.array(
    fc.record({
      request: fc.integer({ min: 1, max: 6 }),
      grow: fc.constantFrom(0, 0, 1, -1),
      keepValidators: fc.boolean(),
    }),
    { maxLength: 1 },
  ),
})

const size = fc.oneof(
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 2, arbitrary: fc.integer({ min: 4, max: 5000 }) },
  { weight: 6, arbitrary: fc.integer({ min: 20_000, max: 400_000 }) },
)

const anything = {
  size,
  partSize: fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 10_000, max: 100_000 })),
  connections: fc.option(fc.integer({ min: 1, max: 6 }), { freq: 8 }),
  copies: fc.constantFrom(1 as const, 1 as const, 1 as const, 1 as const, 2 as const),
  checksum: fc.boolean(),
  rate: fc.option(fc.integer({ min: 1_000_000, max: 8_000_000 }), { freq: 2 }),
  troubles: fc.array(trouble, { minLength: 0, maxLength: 6 }),
  events: fc.array(event, { maxLength: 3 }),
  heals: fc.boolean(),
}

/** One server that can do anything wrong. */
const alone = fc.record({ ...anything, mirror: fc.constant(null) })
/** Two that can. */
const both = fc.record({ ...anything, mirror: secondServer })
/** Two whose bytes are likely to be mixed. */
const mixing = fc.record({
  ...anything,
  size: fc.integer({ min: 150_000, max: 400_000 }),
  connections: fc.integer({ min: 2, max: 6 }),
  troubles: fc.array(trouble, { maxLength: 1 }),
  events: fc.array(event, { maxLength: 1 }),
  mirror: secondServer,
})

/** Any server or two, any download. */
export const programs: fc.Arbitrary<Program> = fc.oneof(
  { weight: 3, arbitrary: alone },
  { weight: 1, arbitrary: both },
  { weight: 2, arbitrary: mixing },
)
