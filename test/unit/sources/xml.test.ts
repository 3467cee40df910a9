import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readStoreError } from '../../../src/main/sources/cloud-errors'
import { readPage } from '../../../src/main/sources/listing'
import { childText, readXml } from '../../../src/main/sources/xml'
import { escapeXml } from '../../oss-server/refusal'

describe('a document of a store', () => {
  it('is read with or without a namespace, with CDATA and the entities of XML', async () => {
    const root = await readXml(
      '<?xml version="1.0"?><Error xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Code>A&amp;B<![CDATA[<c>]]>&#x65E5;</Code></Error>',
    )
    expect(root?.name).toBe('Error')
    expect(root && childText(root, 'Code')).toBe('A&B<c>日')
  })

  it.each([
    ['nothing', ''],
    ['a page', '<!DOCTYPE html><html><body>no</body></html>'],
    ['entities of its own', '<!DOCTYPE x [<!ENTITY a "b">]><Error><Code>&a;</Code></Error>'],
    ['an element that is not closed', '<Error><Code>x</Error>'],
    ['two documents', '<Error/><Error/>'],
  ])('is none when it is %s', async (_, text) => expect(await readXml(text)).toBe(null))

  it('any text comes through as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        fc.pre(!/[\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff\r]/.test(text))
        const root = await readXml(`<a><b>${escapeXml(text)}</b></a>`)
        expect(root && childText(root, 'b')).toBe(text)
      }),
    )
  })
})

describe('a refusal', () => {
  const body =
    '<Error><Code>NoSuchKey</Code><Message>no</Message><RequestId>1</RequestId><EC>0026-00000001</EC></Error>'
  const expected = { code: 'NoSuchKey', message: 'no', requestId: '1', ec: '0026-00000001', right: null }

  it('is read from the body', async () => expect(await readStoreError({}, Buffer.from(body))).toEqual(expected))
  it('is read from x-oss-err where there is no body', async () => {
    const headers = { 'x-oss-err': Buffer.from(body).toString('base64') }
    expect(await readStoreError(headers, Buffer.alloc(0))).toEqual(expected)
  })
  it.each(['', 'Bad Gateway', '<html/>', '<Error/>', '<Error><Message>no code</Message></Error>'])(
    'is none in %j',
    async (text) => expect(await readStoreError({}, Buffer.from(text))).toBe(null),
  )
})

describe('a page of a list', () => {
  const page = (inner: string) => Buffer.from(`<ListBucketResult>${inner}</ListBucketResult>`)
  it('with an object that has no size is refused, not guessed', async () => {
    await expect(readPage(page('<Contents><Key>a</Key></Contents>'), 'oss')).rejects.toThrow(/PROTO/)
  })
  it('says where the next one begins only when there is one', async () => {
    const token = '<NextContinuationToken>x</NextContinuationToken>'
    expect((await readPage(page(`<IsTruncated>false</IsTruncated>${token}`), 's3')).next).toBe(null)
    expect((await readPage(page(`<IsTruncated>true</IsTruncated>${token}`), 's3')).next).toBe('x')
  })
})
