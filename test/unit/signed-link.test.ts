import { describe, expect, it } from 'vitest'
import { linkExpiry } from '../../src/main/engine/signed-link'

describe('a signed link says when it expires', () => {
  it.each([
    ['S3 V4', 'https://b.s3.amazonaws.com/k?X-Amz-Date=20231217T025437Z&X-Amz-Expires=600&X-Amz-Signature=x'],
    [
      'OSS V4',
      'https://b.oss-cn-hangzhou.aliyuncs.com/k?x-oss-date=20231217T025437Z&x-oss-expires=600&x-oss-signature=x',
    ],
    ['Google', 'https://storage.googleapis.com/b/k?X-Goog-Date=20231217T025437Z&X-Goog-Expires=600&X-Goog-Signature=x'],
    ['OSS V1', 'https://b.oss-cn-hangzhou.aliyuncs.com/k?OSSAccessKeyId=a&Expires=1702782277&Signature=x'],
    ['CloudFront', 'https://d.cloudfront.net/k?Expires=1702782277&Signature=x&Key-Pair-Id=y'],
    ['Azure', 'https://a.blob.core.windows.net/c/k?se=2023-12-17T03%3A04%3A37Z&sig=x'],
  ])('%s', (_, url) => {
    expect(linkExpiry(url)).toBe(Date.UTC(2023, 11, 17, 3, 4, 37))
  })

  it.each([
    'https://example.com/file',
    'https://example.com/file?Expires=1702782277',
    'https://example.com/file?se=2023-12-17T03:04:37Z',
    'https://example.com/file?X-Amz-Date=yesterday&X-Amz-Expires=600',
    'https://example.com/file?X-Amz-Date=20231217T025437Z&X-Amz-Expires=soon',
  ])('and %s does not', (url) => {
    expect(linkExpiry(url)).toBeNull()
  })
})
