import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseSource, movesFrom, type Candidate } from '../../src/main/engine/fetch/choose'

const candidate: fc.Arbitrary<Candidate> = fc.record({
  connections: fc.nat({ max: 20 }),
  perConnection: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })),
  room: fc.boolean(),
})
const server = (connections: number, perConnection: number | null, room = true): Candidate => ({
  connections,
  perConnection,
  room,
})

describe('the next connection', () => {
  it('goes to a server that has room, as long as one has', () => {
    fc.assert(
      fc.property(fc.array(candidate), (servers) => {
        const index = chooseSource(servers)
        if (servers.length === 0) expect(index).toBeNull()
        else if (servers.some(({ room }) => room)) expect(servers[index!]?.room).toBe(true)
        else expect(index).not.toBeNull()
      }),
    )
  })

  it('goes to each server once, before it goes to one twice', () => {
    expect(chooseSource([server(1, 9e6), server(0, null)])).toBe(1)
    expect(chooseSource([server(4, 9e6), server(0, 1e6)])).toBe(1)
  })

  it('but not to one that is not worth it', () => {
    expect(chooseSource([server(4, 9e6), server(0, 1e4)])).toBe(0)
    expect(chooseSource([server(4, 9e6, false), server(0, 1e4)])).toBe(1)
  })

  it('shares the connections by the speed of the servers, when their lines are the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1e6, max: 1e7 }), { minLength: 2, maxLength: 4 }), (lines) => {
        const open = lines.map(() => 1)
        for (let n = lines.length; n < 64; n++) {
          const rates = lines.map((line, index) => server(open[index]!, line / open[index]!))
          open[chooseSource(rates)!]!++
        }
        const all = lines.reduce((sum, line) => sum + line, 0)
        for (const [index, line] of lines.entries()) expect(Math.abs(open[index]! - (64 * line) / all)).toBeLessThan(4)
      }),
    )
  })
})

describe('a connection moves', () => {
  it('only from a server that keeps another one, and only to one that has room', () => {
    fc.assert(
      fc.property(fc.array(candidate), (servers) => {
        const index = movesFrom(servers)
        if (index === null) return
        expect(servers[index]!.connections).toBeGreaterThanOrEqual(2)
        expect(servers.some(({ room }) => room)).toBe(true)
      }),
    )
  })

  it('when it can expect twice its speed elsewhere, not for less', () => {
    expect(movesFrom([server(3, 1e6), server(1, 9e6)])).toBe(0)
    expect(movesFrom([server(3, 1e6), server(1, 3.9e6)])).toBeNull()
    expect(movesFrom([server(1, 1e6), server(1, 9e6)])).toBeNull()
    expect(movesFrom([server(3, 1e6), server(1, 9e6, false)])).toBeNull()
  })

  it('never moves back at once', () => {
    fc.assert(
      fc.property(candidate, candidate, (a, b) => {
        const from = movesFrom([
          { ...a, room: true },
          { ...b, room: true },
        ])
        if (from === null || a.perConnection === null || b.perConnection === null) return
        const after = [a, b].map(({ connections, perConnection }, index) =>
          // The line is the limit: what one loses the others share.
          server(
            connections + (index === from ? -1 : 1),
            (perConnection! * connections) / Math.max(1, connections + (index === from ? -1 : 1)),
          ),
        )
        expect(movesFrom(after)).not.toBe(1 - from)
      }),
    )
  })

  it('to a server that was never tried', () => {
    expect(movesFrom([server(3, 1e6), server(0, null)])).toBe(0)
    expect(movesFrom([server(1, 1e6), server(0, null)])).toBeNull()
  })
})
