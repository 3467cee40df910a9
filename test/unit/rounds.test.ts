import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inRounds } from '../../src/shared/rounds'
import { deferred, settled, type Deferred } from './fake-clock'

function rig() {
  const begun: Deferred[] = []
  const round = inRounds(() => {
    const each = deferred()
    begun.push(each)
    return each.promise
  })
  return { begun, round }
}

it('begins at once, and shares one more round among all who come meanwhile', async () => {
  const { begun, round } = rig()
  const ended: string[] = []
  void round().then(() => ended.push('first'))
  void round().then(() => ended.push('second'))
  void round().then(() => ended.push('third'))
  expect(begun).toHaveLength(1)
  begun[0]!.resolve()
  await settled()
  expect(ended).toEqual(['first'])
  expect(begun).toHaveLength(2)
  begun[1]!.resolve()
  await settled()
  expect(ended).toEqual(['first', 'second', 'third'])
  void round()
  expect(begun).toHaveLength(3)
})

it('tells a failure to those of the round, and goes on with the next one', async () => {
  const { begun, round } = rig()
  const first = round()
  const second = round()
  begun[0]!.reject(new Error('disk'))
  await expect(first).rejects.toThrow('disk')
  await settled()
  begun[1]!.resolve()
  await expect(second).resolves.toBeUndefined()
})

it('never lets a caller share a round that began before it came', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('call', 'end'), { maxLength: 30 }), async (steps) => {
      const { begun, round } = rig()
      let ended = 0
      const wrong: string[] = []
      for (const step of steps) {
        if (step === 'call') {
          const before = begun.length
          const free = before === ended
          void round().then(() => {
            // A round that begins after the call has to be among those that have ended.
            if (ended < before + 1) wrong.push(`${before} ${free} ${ended}`)
          })
        } else if (ended < begun.length) {
          begun[ended++]!.resolve()
          await settled()
        }
      }
      expect(wrong).toEqual([])
    }),
  )
})
