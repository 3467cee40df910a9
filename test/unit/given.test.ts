import { expect, it } from 'vitest'
import { givenUrls } from '../../src/main/cli/given'

const many = Array.from({ length: 20_001 }, (_, n) => `http://a.example/${n}`)

it('takes a list as long as somebody made it', () => {
  expect(givenUrls(many, {})).toEqual(many)
})

it('does not write out a range of more addresses than anybody means, nor several of them', () => {
  expect(() => givenUrls(['http://a.example/[1-10001]'], {})).toThrow('more than 10000 addresses')
  expect(() => givenUrls(['http://a.example/[1-9000]', 'http://b.example/[1-9000]'], {})).toThrow('b.example/1 to')
  expect(givenUrls(['http://a.example/[1-10000]', ...many], {})).toHaveLength(30_001)
  expect(givenUrls(['http://a.example/[1-10001]'], { literal: true })).toHaveLength(1)
})
