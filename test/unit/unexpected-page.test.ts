import { expect, it } from 'vitest'
import { unexpectedPage } from '../../src/main/engine/http/unexpected-page'

const html = { 'content-type': 'text/html; charset=utf-8' }
const judged = (address: string, name: string | null = null, headers = html) =>
  unexpectedPage(headers, { address, name })?.error

it.each([
  'http://a.example/x.zip',
  'http://a.example/x.tar.gz?token=1',
  'http://a.example/DISK.ISO',
  'http://a.example/a.7z#b',
])('a page at %s may be that of a network: it is waited out', (address) =>
  expect(judged(address)).toMatchObject({ code: 'PORTAL', page: true }),
)

it('over TLS it is the server’s own: nothing is waited for', () => {
  expect(judged('https://a.example/x.zip')).toMatchObject({ code: 'PORTAL', retry: 'no', page: false })
})

it.each([
  ['http://a.example/', null],
  ['http://a.example/x.html', null],
  ['http://a.example/x', null],
  ['http://a.example/x.zip/download', null],
  ['http://a.example/get?file=x.zip', null],
  ['https://wiki.example/File:map.png', null],
  ['https://wiki.example/File:talk.pdf', null],
  ['http://a.example/x.zip', 'x.html'],
])('%s as %j may be meant', (address, name) => expect(judged(address, name)).toBe(undefined))

it('what is no page is none', () => {
  const none = { 'content-type': 'application/zip' }
  expect(judged('http://a.example/x.zip', null, none)).toBe(undefined)
  const named = { ...html, 'content-disposition': 'Attachment; filename=x.zip' }
  expect(judged('http://a.example/x.zip', null, named)).toBe(undefined)
  expect(judged('http://a.example/x', 'x.zip')).toMatchObject({ code: 'PORTAL' })
})
