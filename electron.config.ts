import { chmod, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'
import packageJson from './package.json' with { type: 'json' }

const define = { __APP_VERSION__: JSON.stringify(packageJson.version) }

/** `longshore` of an installed package is out/main/cli.js itself. */
const executableCli: Plugin = {
  name: 'longshore:executable-cli',
  generateBundle(_options, bundle) {
    const cli = bundle['cli.js']
    if (cli?.type === 'chunk' && !cli.code.startsWith('#!')) cli.code = `#!/usr/bin/env node\n${cli.code}`
  },
  async writeBundle({ dir }) {
    if (dir !== undefined) await chmod(join(dir, 'cli.js'), 0o755)
  },
}

/** The pictures that the main process shows, beside its code: `assets` itself is not part of the package. */
const icons: Plugin = {
  name: 'longshore:icons',
  async generateBundle() {
    const assets = join(import.meta.dirname, 'assets')
    const files = (await readdir(join(assets, 'tray'))).map((name) => [name, join(assets, 'tray', name)] as const)
    for (const [name, file] of [...files, ['window.png', join(assets, 'icons', '128x128.png')] as const]) {
      this.emitFile({ type: 'asset', fileName: `icons/${name}`, source: await readFile(file) })
    }
  },
}

/**
 * An `import` of one of Node's modules lists all it exports, and so loads what the module keeps for those who ask: of
 * crypto, fs and util that is 5 MiB and some 20 ms at every start. `require` does not.
 */
const requiredBuiltins: Plugin = {
  name: 'longshore:required-builtins',
  renderChunk(code) {
    const statement = /^import (?:\* as )?(\w+|\{[^}]+\}) from "(node:(?!module")[\w/]+)";$/gm
    const required = code.replace(
      statement,
      (_, names: string, from: string) => `const ${names.replaceAll(' as ', ': ')} = requireBuiltin("${from}");`,
    )
    if (required === code) return null
    // In the first line, so that all others stay where the source map has them.
    const head =
      'import { createRequire as requireFrom } from "node:module"; const requireBuiltin = requireFrom(import.meta.url); '
    return { code: head + required, map: null }
  },
}

/** HTTP/2 is never offered to a server; undici would load Node's modules for it, 7 MiB, at every start. */
const withoutHttp2: Plugin = {
  name: 'longshore:without-http2',
  enforce: 'pre',
  load(id) {
    if (!/undici\/lib\/dispatcher\/client-h2\.js$/.test(id)) return null
    return 'module.exports = () => { throw new Error("HTTP/2 was not offered") }'
  },
}

export default defineConfig({
  main: {
    define,
    plugins: [executableCli, icons, requiredBuiltins, withoutHttp2],
    build: {
      target: 'node20.18',
      sourcemap: true,
      // Bundled are all but "dependencies" in package.json: native modules, which cannot be. A few files to read instead
      // of hundreds, so that the window is up sooner.
      externalizeDeps: true,
      rolldownOptions: {
        input: {
          index: 'src/main/index.ts',
          worker: 'src/main/worker.ts',
          digest: 'src/main/digest-worker.ts',
          cli: 'src/main/cli.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    define,
    build: {
      target: 'node20.18',
      sourcemap: true,
      // A sandboxed preload script can require nothing but Electron: everything else goes into its one CommonJS file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: 'src/main/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    define,
    plugins: [react()],
    build: {
      target: 'chrome130',
      sourcemap: true,
      minify: true,
      // The content security policy allows files of the application only, no data: addresses.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // From the disk, in one piece: what a web page would split, a program need not.
      chunkSizeWarningLimit: 1000,
    },
  },
})
