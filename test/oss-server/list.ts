import { escapeXml } from './refusal'

interface Listed {
  readonly key: string
  readonly size: number
  readonly modified: Date
}

/** ListObjectsV2: keys in byte order, at most 1000 a page, encoded when `encoding-type=url` asks for it. */
export function listObjects(
  bucket: string,
  objects: readonly Listed[],
  parameters: ReadonlyMap<string, string | null>,
): string {
  const prefix = parameters.get('prefix') ?? ''
  const after = Buffer.from(parameters.get('continuation-token') ?? '', 'base64').toString('utf8')
  const most = Math.min(1000, Number(parameters.get('max-keys') ?? 100))
  const encoded = parameters.get('encoding-type') === 'url'
  const written = (text: string) => (encoded ? encodeURIComponent(text) : escapeXml(text))
  const all = objects
    .filter(({ key }) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
  const page = all.slice(0, most)
  const last = page.at(-1)
  const more = all.length > page.length && last !== undefined
  const contents = page.map(
    ({ key, size, modified }) =>
      `<Contents><Key>${written(key)}</Key><LastModified>${modified.toISOString()}</LastModified>` +
      `<ETag>"0"</ETag><Type>Normal</Type><Size>${size}</Size><StorageClass>Standard</StorageClass></Contents>`,
  )
  const token = more ? written(Buffer.from(last.key).toString('base64')) : ''
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><Name>${bucket}</Name><Prefix>${written(prefix)}</Prefix>` +
    `<MaxKeys>${most}</MaxKeys>${encoded ? '<EncodingType>url</EncodingType>' : ''}` +
    `<IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${token}</NextContinuationToken>` : ''}` +
    `${contents.join('')}<KeyCount>${page.length}</KeyCount></ListBucketResult>`
  )
}
