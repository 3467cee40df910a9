import { connect, type Socket } from 'node:net'
import { RequestFailure, type RequestError } from '../../shared/errors'
import { linesOf, parseLine } from './lines'
import { readPlace } from './place'
import {
  protocolVersion,
  welcomeSchema,
  type ControlCall,
  type ControlInput,
  type ControlOutputs,
  type Welcome,
} from './protocol'

/** Characters of an answer: a list of 100,000 downloads fits. */
const longestAnswer = 512 * 1024 * 1024
/** ms for a program on the same machine to answer a greeting. */
const greetingTime = 10_000

export interface Control {
  readonly welcome: Welcome
  /** @throws RequestFailure what the program refuses */
  call<C extends ControlCall>(name: C, input: ControlInput<C>): Promise<ControlOutputs[C]>
  close(): void
}

/**
 * Reaches the program that runs over a profile.
 * @param file where it said how
 * @returns `null` when none runs
 * @throws RequestFailure E_IPC when it speaks otherwise
 */
export async function openControl(file: string): Promise<Control | null> {
  const place = readPlace(file)
  if (!place) return null
  if (place.longshore !== protocolVersion) {
    throw new RequestFailure({ code: 'E_IPC', detail: 'another version of Longshore is running: restart it' })
  }
  const socket = await dial(place.socket)
  if (!socket) return null
  const lines = linesOf(socket, longestAnswer)
  const ask = async (what: object): Promise<unknown> => {
    socket.write(`${JSON.stringify(what)}\n`)
    const { done, value } = await lines.next()
    if (done) throw new RequestFailure({ code: 'E_ENGINE', detail: 'the program ended before it answered' })
    return parseLine(value)
  }
  try {
    const timer = setTimeout(() => socket.destroy(), greetingTime)
    const said = await ask({ longshore: protocolVersion, token: place.token }).finally(() => clearTimeout(timer))
    const welcome = welcomeSchema.safeParse(said)
    if (!welcome.success) {
      const { error } = said as { error?: RequestError }
      throw new RequestFailure(error ?? { code: 'E_IPC', detail: 'the answer is not one of Longshore' })
    }
    return {
      welcome: welcome.data,
      async call(call, input) {
        const answer = (await ask({ call, input })) as { value: never } | { error: RequestError } | undefined
        if (answer && 'error' in answer) throw new RequestFailure(answer.error)
        if (!answer) throw new RequestFailure({ code: 'E_IPC', detail: 'the answer is not one of Longshore' })
        return answer.value
      },
      close: () => socket.destroy(),
    }
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** What a place that nobody listens at any more answers. */
const nobodyThere = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'])

function dial(path: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.off('error', failed)
      socket.on('error', () => undefined) // ends the lines
      resolve(socket)
    })
    const failed = (error: NodeJS.ErrnoException) => {
      if (nobodyThere.has(error.code ?? '')) resolve(null)
      else reject(error)
    }
    socket.once('error', failed)
  })
}
