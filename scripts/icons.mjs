// `node scripts/icons.mjs`: every icon file from the drawings in assets. Run it after a change of one, and commit what it
// writes. Needs rsvg-convert (Debian: librsvg2-bin).
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'

const assets = join(root, 'assets')
mkdirSync(join(assets, 'icons'), { recursive: true })

/** Up to this size the drawing with fewer details. */
const small = 32

/** @param {number} size @param {string} [drawing] */
const png = (size, drawing = size <= small ? 'icon-small.svg' : 'icon.svg') =>
  execFileSync('rsvg-convert', ['-w', String(size), '-h', String(size), join(assets, drawing)])

for (const size of [16, 24, 32, 48, 64, 128, 256, 512]) {
  writeFileSync(join(assets, 'icons', `${size}x${size}.png`), png(size))
}
writeFileSync(join(assets, 'icon.png'), png(1024))
mkdirSync(join(assets, 'tray'), { recursive: true })
for (const [scale, suffix] of /** @type {const} */ ([
  [1, ''],
  [2, '@2x'],
])) {
  writeFileSync(join(assets, 'tray', `tray${suffix}.png`), png(16 * scale, 'icon-small.svg'))
  writeFileSync(join(assets, 'tray', `trayTemplate${suffix}.png`), png(16 * scale, 'tray-template.svg'))
}
writeFileSync(join(assets, 'icon.ico'), ico([16, 24, 32, 48, 64, 128, 256]))
writeFileSync(
  join(assets, 'icon.icns'),
  icns({ icp4: 16, icp5: 32, ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 }),
)

/**
 * Windows: a directory of 16 bytes an image, then the PNG files.
 * @param {number[]} sizes
 */
function ico(sizes) {
  const images = sizes.map((size) => png(size))
  const header = Buffer.alloc(6 + 16 * sizes.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(sizes.length, 4)
  let offset = header.length
  images.forEach((image, index) => {
    const at = 6 + 16 * index
    const size = sizes[index] ?? 0
    header.writeUInt8(size % 256, at) // 256 is written as 0
    header.writeUInt8(size % 256, at + 1)
    header.writeUInt16LE(1, at + 4)
    header.writeUInt16LE(32, at + 6)
    header.writeUInt32LE(image.length, at + 8)
    header.writeUInt32LE(offset, at + 12)
    offset += image.length
  })
  return Buffer.concat([header, ...images])
}

/**
 * macOS: chunks of a four-letter type, a length and a PNG file.
 * @param {Record<string, number>} types
 */
function icns(types) {
  const chunks = Object.entries(types).map(([type, size]) => chunk(type, png(size)))
  return chunk('icns', Buffer.concat(chunks))
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const header = Buffer.alloc(8)
  header.write(type, 'latin1')
  header.writeUInt32BE(header.length + data.length, 4)
  return Buffer.concat([header, data])
}
