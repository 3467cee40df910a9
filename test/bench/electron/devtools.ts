/** The protocol of Chromium and Node, for what must not be disturbed by more: one connection to one page or process. */
export interface Inspected {
  /** The value of an expression; awaits promises. In a process of Node it may `require`. */
  evaluate<T>(expression: string): Promise<T>
  close(): void
}

interface Target {
  readonly type: string
  readonly url: string
  readonly webSocketDebuggerUrl: string
}

interface Answer {
  readonly id: number
  readonly error?: { readonly message: string }
  readonly result?: {
    readonly result?: { readonly value?: unknown }
    readonly exceptionDetails?: { readonly text: string }
  }
}

/** The window's page as soon as there is one. @param origin of DevTools: `http://127.0.0.1:PORT` */
export async function connectPage(origin: string): Promise<Inspected> {
  return connect((await findPage(origin)).webSocketDebuggerUrl)
}

/** @param url that DevTools or Node's inspector tells */
export async function connect(url: string): Promise<Inspected> {
  const socket = new WebSocket(url)
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', () => reject(new Error(`${url} cannot be reached`)), { once: true })
  })
  const waiting = new Map<number, (answer: Answer) => void>()
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  let id = 0
  return {
    async evaluate<T>(expression: string): Promise<T> {
      const answer = await new Promise<Answer>((resolve, reject) => {
        waiting.set(++id, resolve)
        socket.addEventListener('close', () => reject(new Error('it has gone')), { once: true })
        const params = { expression, awaitPromise: true, returnByValue: true, includeCommandLineAPI: true }
        socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }))
      })
      const problem = answer.error?.message ?? answer.result?.exceptionDetails?.text
      if (problem !== undefined) throw new Error(`there: ${problem}`)
      return answer.result?.result?.value as T
    },
    close: () => socket.close(),
  }
}

async function findPage(origin: string): Promise<Target> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const targets = (await (await fetch(`${origin}/json`)).json()) as Target[]
    const page = targets.find(({ type, url }) => type === 'page' && url.startsWith('app://'))
    if (page) return page
    if (performance.now() > deadline) throw new Error('no window appeared')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
