import { timingSafeEqual } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { RequestFailure } from '../../shared/errors'
import type { Log } from '../engine/ports'
import { requestError } from '../thread/rpc'
import { linesOf, parseLine } from './lines'
import { clearPlace, makePlace, publishPlace } from './place'
import {
  controlInputs,
  greetingSchema,
  longestLine,
  protocolVersion,
  requestSchema,
  type Answer,
  type ControlHandlers,
} from './protocol'

/** Commands that may be connected at a time. */
const mostClients = 32
/** Characters of a greeting. */
const longestGreeting = 1024
/** ms that a client may take to greet, and then between two requests. */
const patience = { greeting: 5000, request: 60_000 } as const

export interface ControlServer {
  /** No command is taken any more; those that are being answered end. */
  close(): Promise<void>
}

/**
 * Listens for commands of this user.
 * @param file where commands find the socket; the caller has the profile's lock
 * @throws what the system says when there can be no socket
 */
export async function startControl(file: string, handlers: ControlHandlers, log: Log): Promise<ControlServer> {
  const place = makePlace(file, protocolVersion)
  const clients = new Set<Socket>()
  const server = createServer((socket) => {
    clients.add(socket)
    socket.once('close', () => clients.delete(socket))
    // Whatever a client says, it ends at most its own connection.
    talk(socket, place.token, handlers).catch((error: unknown) => {
      log('info', 'a command was not understood', { error: error instanceof Error ? error.message : String(error) })
      socket.destroy()
    })
  })
  server.maxConnections = mostClients
  await listening(server, place.socket)
  server.on('error', (error) => log('warn', 'the socket for commands failed', { error: String(error) }))
  if (process.platform !== 'win32') chmodSync(place.socket, 0o600)
  publishPlace(file, place)
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const client of clients) client.destroy()
      await closed
      clearPlace(file)
    },
  }
}

function listening(server: Server, socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(socket, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function talk(socket: Socket, token: string, handlers: ControlHandlers): Promise<void> {
  socket.on('error', () => undefined) // ends the lines
  socket.on('timeout', () => socket.destroy(new Error('it said nothing')))
  socket.setTimeout(patience.greeting)
  let greeted = false
  for await (const line of linesOf(socket, longestLine)) {
    if (greeted) {
      socket.setTimeout(0)
      await say(socket, await answer(line, handlers))
      socket.setTimeout(patience.request)
      continue
    }
    const refusal = line.length > longestGreeting ? 'no greeting' : judgeGreeting(parseLine(line), token)
    if (refusal !== null) {
      await say(socket, { error: { code: 'E_IPC', detail: refusal } })
      throw new Error(refusal)
    }
    greeted = true
    await say(socket, { longshore: protocolVersion, version: __APP_VERSION__, pid: process.pid })
  }
  socket.end()
}

/** @returns why not; `null` when it may go on */
function judgeGreeting(said: unknown, token: string): string | null {
  const greeting = greetingSchema.safeParse(said)
  if (!greeting.success) return 'no greeting'
  if (!isSame(greeting.data.token, token)) return 'not the token of this program'
  const { longshore } = greeting.data
  return longshore === protocolVersion ? null : `this program speaks version ${protocolVersion}, not ${longshore}`
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

async function answer(line: string, handlers: ControlHandlers): Promise<Answer> {
  try {
    const request = requestSchema.safeParse(parseLine(line))
    if (!request.success) throw new RequestFailure({ code: 'E_IPC', detail: 'not a request' })
    const { call, input } = request.data
    if (!Object.hasOwn(controlInputs, call)) throw new RequestFailure({ code: 'E_IPC', detail: `no call ${call}` })
    const name = call as keyof typeof controlInputs
    const parsed = controlInputs[name].safeParse(input)
    if (!parsed.success) throw new RequestFailure({ code: 'E_IPC', detail: parsed.error.message })
    const handler = handlers[name] as (input: unknown) => unknown
    return { value: (await handler(parsed.data)) ?? null }
  } catch (error) {
    return { error: requestError(error) }
  }
}

function say(socket: Socket, what: object): Promise<void> {
  return new Promise((resolve) => socket.write(`${JSON.stringify(what)}\n`, () => resolve()))
}
