import { describe, expect, it } from 'vitest'
import { createReachability } from '../../src/main/engine/reachability'
import type { Clock } from '../../src/main/engine/ports'

const loopback = { lo: [{ internal: true }] }
const wired = { ...loopback, eth0: [{ internal: false }] }
type Interfaces = Parameters<typeof createReachability>[1]

function network(...looks: object[]) {
  let look = 0
  let slept = 0
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: (_ms, signal) => {
      signal.throwIfAborted()
      slept++
      look = Math.min(look + 1, looks.length - 1)
      return Promise.resolve()
    },
  }
  return { net: createReachability(clock, (() => looks[look]) as Interfaces), slept: () => slept }
}

describe('the network', () => {
  it('reaches others when an interface beside the loopback one is up', () => {
    expect(network(wired).net.reaches('example.com')).toBe(true)
    expect(network(loopback).net.reaches('example.com:8080')).toBe(false)
    expect(network({}).net.reaches('192.0.2.1')).toBe(false)
  })
  it('always reaches this machine', () => {
    for (const host of ['localhost', 'localhost:80', '127.0.0.1:1', '[::1]:443']) {
      expect(network({}).net.reaches(host)).toBe(true)
    }
    expect(network({}).net.reaches('localhost.example.com')).toBe(false)
  })
  it('is waited for, and no longer', async () => {
    const { net, slept } = network(loopback, {}, wired)
    await net.whenReached('example.com', new AbortController().signal)
    expect(slept()).toBe(2)
  })
  it('is not waited for after an abort', async () => {
    const { net } = network(loopback)
    await expect(net.whenReached('example.com', AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})
