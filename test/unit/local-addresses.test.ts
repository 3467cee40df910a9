import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { networkInterfaces, NetworkInterfaceInfo } from 'node:os'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LocalAddresses } from '../../src/main/engine/http/local-addresses'

const at = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  internal,
  family: 'IPv4',
  netmask: '255.255.255.0',
  mac: '00:00:00:00:00:00',
  cidr: null,
})

let socket: Socket
let close: () => void
beforeEach(async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  close = () => {
    socket.destroy()
    server.close()
  }
})
afterEach(() => close())

/** The machine's addresses, one list a look; the last one stays. @returns how often it looked */
function machine(...looks: NetworkInterfaceInfo[][]) {
  let count = 0
  const interfaces = (() => {
    const now = looks[Math.min(count++, looks.length - 1)]
    return { eth0: now }
  }) as typeof networkInterfaces
  new LocalAddresses(interfaces, 1).watch(socket)
  return () => count
}

describe('35: a connection whose own address', () => {
  it('is gone while there is another one ends', async () => {
    machine([at('10.0.0.9')])
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNABORTED')
  })

  it.each([
    ['is there stays', [[at('127.0.0.1'), at('10.0.0.9')]]],
    ['is missing for a moment stays', [[at('10.0.0.9')], [at('10.0.0.9')], [at('127.0.0.1')]]],
    ['is gone like all others stays', [[]]],
    ['is gone while only this machine is left stays', [[at('127.0.0.9', true)]]],
  ])('%s', async (_, looks) => {
    const looked = machine(...looks)
    await expect.poll(looked).toBeGreaterThan(8)
    expect(socket.destroyed).toBe(false)
  })
})
