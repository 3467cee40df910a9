// A mirror behind a line of a certain width: a relay on the loopback interface that passes on so many bytes per second,
// over all its connections together, one chunk of each in turn. Runs as a process of its own: node capped.ts PORT RATE
import { connect, createServer } from 'node:net'

const [target, rate] = process.argv.slice(2).map(Number) as [number, number]
/** ms for which the line may have been idle and still makes up for it: timers are no finer. */
const credit = 20

/** When the line is free again, ms. */
let free = 0

createServer((client) => {
  const server = connect(target, '127.0.0.1')
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroy())
  }
  client.on('data', (request) => server.write(request))
  server.on('data', (chunk) => {
    server.pause()
    const now = performance.now()
    free = Math.max(free, now - credit) + (1000 * chunk.length) / rate
    setTimeout(
      () => {
        if (client.destroyed) return
        if (client.write(chunk)) server.resume()
        else client.once('drain', () => server.resume())
      },
      Math.max(0, free - now),
    )
  })
}).listen(0, '127.0.0.1', function (this: ReturnType<typeof createServer>) {
  const address = this.address()
  console.log(typeof address === 'object' && address ? address.port : 0)
})
