import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { presignOssV1, signOssV1 } from '../../../src/main/sources/sign/oss-v1'
import { canonicalRequest, ossV4, presignV4, sigV4, signV4, type Signable } from '../../../src/main/sources/sign/v4'
import type { Field } from '../../../src/main/engine/ports'
import type { Query } from '../../../src/shared/percent'

const keys = { id: 'ak', secret: 'sk', token: null }
const withToken = { ...keys, token: 'token' }
const given = (time: string) => Date.parse(time.replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5'))
const named = (fields: readonly Field[], name: string) => fields.find(([n]) => n === name)?.[1]

// Go SDK v2, oss/signer/signer_test.go
const request = (contentType: string): Signable => ({
  method: 'PUT',
  resource: '/bucket/1234+-/123/1.txt',
  query: [
    ['param1', 'value1'],
    ['+param1', 'value3'],
    ['|param1', 'value4'],
    ['+param2', null],
    ['|param2', null],
    ['param2', null],
  ],
  headers: [
    ['x-oss-head1', 'value'],
    ['abc', 'value'],
    ['zabc', 'value'],
    ['xyz', 'value'],
    ['content-type', contentType],
  ],
})

describe('OSS version 4, the vectors of the Go SDK', () => {
  it('H1: the canonical request', () => {
    const headers: Field[] = [
      ...request('text/plain').headers,
      ['x-oss-date', '20231216T162057Z'],
      ['x-oss-content-sha256', 'UNSIGNED-PAYLOAD'],
    ]
    const text = canonicalRequest(ossV4, { ...request('text/plain'), headers }, [])
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      'f4613657f1b108998e8dbd10a1aa5da621dc2c6e02c9ddec0f163664848704c4',
    )
  })

  it.each([
    ['H1', '20231216T162057Z', keys, [], 'e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe'],
    ['H2', '20231217T034736Z', withToken, [], 'b94a3f999cf85bcdc00d332fbd3734ba03e48382c36fa4d5af5df817395bd9ea'],
    [
      'H3',
      '20231216T172512Z',
      keys,
      ['ZAbc', 'abc'],
      '4a4183c187c07c8947db7620deb0a6b38d9fbdd34187b6dbaccb316fa251212f',
    ],
  ])('%s: headers', (_, time, who, additional, signature) => {
    const fields = signV4(ossV4, request('text/plain'), who, 'cn-hangzhou', given(time), additional)
    const names = additional.length === 0 ? '' : 'AdditionalHeaders=abc;zabc,'
    expect(named(fields, 'authorization')).toBe(
      `OSS4-HMAC-SHA256 Credential=ak/${time.slice(0, 8)}/cn-hangzhou/oss/aliyun_v4_request,${names}Signature=${signature}`,
    )
    expect(named(fields, 'x-oss-security-token') ?? null).toBe(who.token)
  })

  it.each([
    ['Q1', '20231217T025437Z', keys, 'a39966c61718be0d5b14e668088b3fa07601033f6518ac7b523100014269c0fe'],
    ['Q2', '20231217T035628Z', withToken, '3817ac9d206cd6dfc90f1c09c00be45005602e55898f26f5ddb06d7892e1f8b5'],
  ])('%s: a presigned address', (_, time, who, signature) => {
    const query = presignV4(ossV4, request('application/octet-stream'), who, 'cn-hangzhou', given(time), 599)
    expect(query.at(-1)).toEqual(['x-oss-signature', signature])
  })
})

describe('OSS version 1', () => {
  it('headers', () => {
    const headers: Field[] = [
      ['content-md5', 'eB5eJF1ptWaXm4bijSPyxw=='],
      ['content-type', 'text/html'],
      ['x-oss-meta-author', 'alice'],
      ['x-oss-meta-magic', 'abracadabra'],
    ]
    const at = Date.parse('Wed, 28 Dec 2022 10:27:41 GMT')
    const fields = signOssV1({ method: 'PUT', resource: '/examplebucket/nelson', query: [], headers }, keys, at)
    expect(named(fields, 'authorization')).toBe('OSS ak:kSHKmLxlyEAKtZPkJhG9bZb5k7M=')
  })

  it('a presigned address', () => {
    const signable = {
      method: 'GET',
      resource: '/bucket/key',
      query: [['versionId', 'versionId']] as Query,
      headers: [],
    }
    expect(presignOssV1(signable, keys, 1_699_807_420).at(-1)).toEqual(['Signature', 'dcLTea+Yh9ApirQ8o8dOPqtvJXQ='])
  })
})

describe('Signature Version 4, the example of the S3 API reference', () => {
  const example = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', token: null }

  it('a presigned address', () => {
    const query = presignV4(
      sigV4,
      { method: 'GET', resource: '/test.txt', query: [], headers: [['host', 'examplebucket.s3.amazonaws.com']] },
      example,
      'us-east-1',
      given('20130524T000000Z'),
      86_400,
    )
    expect(query.at(-1)).toEqual([
      'X-Amz-Signature',
      'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    ])
  })
})
