import { RequestFailure, type RequestError } from '../../shared/errors'

/** The common part of Node's MessagePort, Worker and parentPort. */
export interface Port {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void
  on(event: 'message', listener: (message: unknown) => void): unknown
}

type Handlers = { readonly [name: string]: (...args: never[]) => unknown }
type EventMap = object

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly args: unknown[] }
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: RequestError }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown }

/** The functions of the other side of a port, as promises. */
export type Remote<T extends Handlers> = {
  readonly [K in keyof T]: (...args: Parameters<T[K]>) => Promise<Awaited<ReturnType<T[K]>>>
}

export interface Connection<T extends Handlers, Out extends EventMap> {
  readonly remote: Remote<T>
  readonly emit: <K extends keyof Out & string>(name: K, payload: Out[K]) => void
  /** Rejects every call that waits, because the other side is gone. */
  readonly end: (reason: RequestFailure) => void
}

/**
 * Calls and events over one port, in both directions.
 * @param handlers what the other side may call
 * @param onEvent events of the other side
 */
export function connect<T extends Handlers, Out extends EventMap = object>(
  port: Port,
  handlers: Handlers,
  onEvent: (name: string, payload: unknown) => void = () => undefined,
): Connection<T, Out> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  let ended: RequestFailure | null = null

  const answer = async ({ id, name, args }: Extract<Message, { kind: 'call' }>) => {
    try {
      const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined
      if (!handler) throw new RequestFailure({ code: 'E_IPC', detail: `no call ${name}` })
      port.postMessage({ kind: 'value', id, value: await handler(...(args as never[])) } satisfies Message)
    } catch (error) {
      port.postMessage({ kind: 'error', id, error: requestError(error) } satisfies Message)
    }
  }
  const take = (id: number) => {
    const call = waiting.get(id)
    waiting.delete(id)
    return call
  }
  port.on('message', (data) => {
    const message = data as Message
    if (message.kind === 'call') void answer(message)
    else if (message.kind === 'value') take(message.id)?.resolve(message.value)
    else if (message.kind === 'error') take(message.id)?.reject(new RequestFailure(message.error))
    else onEvent(message.name, message.payload)
  })

  const call = (name: string, args: unknown[]) =>
    new Promise((resolve, reject) => {
      if (ended) {
        reject(ended)
        return
      }
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      port.postMessage({ kind: 'call', id, name, args } satisfies Message)
    })
  const remote = new Proxy({} as Remote<T>, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        call(String(name), args),
  })
  return {
    remote,
    emit: (name, payload) => port.postMessage({ kind: 'event', name, payload } satisfies Message),
    end(reason) {
      ended = reason
      for (const { reject } of waiting.values()) reject(reason)
      waiting.clear()
    },
  }
}

/** What the other side is told: request problems as they are, everything else as E_ENGINE. */
export function requestError(error: unknown): RequestError {
  if (error instanceof RequestFailure) return error.error
  return { code: 'E_ENGINE', detail: error instanceof Error ? error.message : String(error) }
}
