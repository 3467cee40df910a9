import { protocol } from 'electron'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileFor } from './ui-file'

export const uiOrigin = 'app://longshore'

/** Nothing but our own files: no inline script, no connection, no frame (security rule 3). */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** What the built window consists of. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Must run before the application is ready. */
export function registerUiScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
}

/**
 * Serves the built window under `app://longshore/`, and nothing outside its folder (security rule 4).
 * @param root folder of the built window
 */
export function serveUi(root: string): void {
  protocol.handle('app', async (request) => {
    const file = fileFor(root, request.url)
    if (request.method !== 'GET' || file === null) return notFound()
    try {
      // Not `net.fetch` of a file address: with our fuses that does not reach into the packaged archive.
      return new Response(new Uint8Array(await readFile(file)), {
        headers: {
          'content-type': types[path.extname(file)] ?? 'application/octet-stream',
          'content-security-policy': policy,
          'x-content-type-options': 'nosniff',
        },
      })
    } catch {
      return notFound()
    }
  })
}

function notFound(): Response {
  return new Response('not found', { status: 404, headers: { 'content-security-policy': policy } })
}
