import type { HttpResponse, Sink } from './http'

/**
 * Takes a body into memory as long as that takes a moment only.
 * @param response its head was judged, nothing of it was read
 * @param length of the body, bytes; what is more is dropped
 * @param patience ms
 * @returns the whole body; or, when it does not come in time or breaks off, an answer that is read on as if nobody had
 *   looked: it begins with the same bytes, and ends as the body did
 */
export function readAhead(response: HttpResponse, length: number, patience: number): Promise<Buffer | HttpResponse> {
  const body = Buffer.allocUnsafeSlow(length)
  let had = 0
  let given = 0
  let late = false
  let reader: Sink | null = null
  let letOn: () => void
  const taken = new Promise<void>((resolve) => (letOn = resolve))

  return new Promise((resolve) => {
    const reading = response.read((chunk) => {
      if (reader) return reader(chunk)
      const before = had
      had += chunk.copy(body, had)
      if (had - before < chunk.length) return 'enough'
      // From now on the next reader says how fast.
      return late ? taken : undefined
    })
    const readOn = (): HttpResponse => ({
      ...response,
      async read(sink) {
        while (given < had) {
          const chunk = body.subarray(given, had)
          given = had
          if ((await sink(chunk)) === 'enough') {
            response.discard()
            return
          }
        }
        reader = sink
        letOn()
        await reading
      },
    })
    const timer = setTimeout(() => {
      late = true
      resolve(readOn())
    }, patience)
    const ended = () => {
      clearTimeout(timer)
      resolve(had === length ? body : readOn()) // no effect when it was late
    }
    reading.then(ended, ended)
  })
}
