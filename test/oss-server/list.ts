import { escapeXml } from './refusal'

export interface Listed {
  readonly key: string
  readonly size: number
  readonly modified: Date
}

/** In the byte order of their keys, in which they are listed. */
export function inKeyOrder(objects: readonly Listed[]): readonly Listed[] {
  const sortable = objects.map((object) => ({ object, bytes: Buffer.from(object.key) }))
  return sortable.sort((a, b) => Buffer.compare(a.bytes, b.bytes)).map(({ object }) => object)
}

/** ListObjectsV2 of objects in their order, at most 1000 a page, encoded when `encoding-type=url` asks for it. */
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
  const from = after === '' ? 0 : objects.findIndex(({ key }) => key === after) + 1
  const page: Listed[] = []
  let at = from
  for (; at < objects.length && page.length <= most; at++) {
    const object = objects[at]
    if (object?.key.startsWith(prefix)) page.push(object)
  }
  const more = page.length > most
  if (more) page.pop()
  const last = page.at(-1)
  const contents = page.map(
    ({ key, size, modified }) =>
      `<Contents><Key>${written(key)}</Key><LastModified>${modified.toISOString()}</LastModified>` +
      `<ETag>"0"</ETag><Type>Normal</Type><Size>${size}</Size><StorageClass>Standard</StorageClass></Contents>`,
  )
  const token = more && last ? written(Buffer.from(last.key).toString('base64')) : ''
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><Name>${bucket}</Name><Prefix>${written(prefix)}</Prefix>` +
    `<MaxKeys>${most}</MaxKeys>${encoded ? '<EncodingType>url</EncodingType>' : ''}` +
    `<IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${token}</NextContinuationToken>` : ''}` +
    `${contents.join('')}<KeyCount>${page.length}</KeyCount></ListBucketResult>`
  )
}
