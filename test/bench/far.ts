// A server far away: a relay on the loopback interface that holds every byte back for half a round trip, with no more of
// them under way than TCP's congestion window would allow, which begins with ten segments and doubles each round trip.
// Loopback itself has no delay, and not every kernel has netem. Runs as a process of its own: node far.ts PORT DELAY
import { connect, createServer, type Socket } from 'node:net'

const [target, delay] = process.argv.slice(2).map(Number) as [number, number]
const initialWindow = 10 * 1448
const maxWindow = 2 * 1024 * 1024

createServer((client) => {
  const server = connect(target, '127.0.0.1')
  // The connection itself takes a round trip, and a request half of one.
  forward(client, server, 1.5 * delay)
  forward(server, client, delay / 2)
}).listen(0, '127.0.0.1', function (this: ReturnType<typeof createServer>) {
  const address = this.address()
  console.log(typeof address === 'object' && address ? address.port : 0)
})

function forward(from: Socket, to: Socket, first: number): void {
  let window = initialWindow
  let flying = 0
  let wait = first
  from.on('error', () => to.destroy())
  from.on('close', () => setTimeout(() => to.destroy(), delay))
  from.on('end', () => setTimeout(() => to.end(), wait))
  from.on('data', (chunk) => {
    flying += chunk.length
    if (flying >= window) from.pause()
    setTimeout(() => {
      if (!to.destroyed) to.write(chunk)
    }, wait)
    wait = delay / 2
    setTimeout(() => {
      flying -= chunk.length
      window = Math.min(maxWindow, window + chunk.length)
      if (flying < window) from.resume()
    }, delay)
  })
}
