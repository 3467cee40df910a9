// Who may import whom; docs/ARCHITECTURE.md says why. Type-only imports count too.

const SHARED = '^src/shared/'
const NPM = 'node_modules/'
/** Libraries without state, files or sockets that the engine may use. */
const PURE = 'node_modules/(content-disposition|saxes|temporal-(polyfill|spec|utils)|tough-cookie)/'

/**
 * `from` may import nothing but `allowed`.
 * @param {string} name
 * @param {string | string[]} from
 * @param {string[]} allowed
 * @param {string} comment
 */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed, dependencyTypesNot: ['core'] },
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'src-is-alone',
      comment: 'The program knows nothing of its tests and scripts.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'shared-is-pure',
      comment: 'shared runs in every process: the schema library, nothing else, no Node either.',
      severity: 'error',
      from: { path: SHARED },
      to: { pathNot: [SHARED, 'node_modules/zod/'] },
    },
    only(
      'engine-is-host-neutral',
      '^src/main/engine/',
      ['^src/main/engine/', SHARED, 'node_modules/(undici|socks)/', PURE],
      'The engine knows neither Electron nor SQLite: it gets them through its ports.',
    ),
    only(
      'sources-sign-only',
      '^src/main/sources/',
      ['^src/main/sources/', SHARED, '^src/main/engine/ports\\.ts$', 'node_modules/saxes/'],
      'A source turns an address into requests; the engine sends them.',
    ),
    only(
      'store-keeps-only',
      '^src/main/store/',
      ['^src/main/store/', SHARED, '^src/main/engine/ports\\.ts$', 'node_modules/((@types/)?better-sqlite3|zod)/'],
      'The store implements a port of the engine and calls nothing.',
    ),
    {
      name: 'store-takes-types',
      comment: 'Of the engine the store takes types only.',
      severity: 'error',
      from: { path: '^src/main/store/' },
      to: { path: '^src/main/engine/', dependencyTypesNot: ['type-only'] },
    },
    only(
      'settings-stand-below',
      '^src/main/settings/',
      ['^src/main/(settings|engine|sources|store)/', SHARED, 'node_modules/zod/'],
      'What the user set is asked; it asks nobody.',
    ),
    only(
      'browse-adds-nothing',
      '^src/main/browse/',
      ['^src/main/(browse|settings|engine|sources)/', SHARED],
      'Questions about addresses, for the service and the command line alike.',
    ),
    only(
      'exchange-stands-below',
      '^src/main/exchange/',
      ['^src/main/(exchange|engine|sources)/', SHARED, 'node_modules/zod/'],
      'Downloads from files and into files, for the service and the command line alike.',
    ),
    {
      name: 'sqlite-in-store',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main/store/' },
      to: { path: 'node_modules/(@types/)?better-sqlite3/' },
    },
    {
      name: 'electron-in-shell',
      comment: "The command line and the engine's thread run without Electron.",
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/main/shell/', '^src/main/(index|preload)\\.ts$'] },
      to: { path: ['node_modules/electron/', '^electron$'] },
    },
    {
      name: 'shell-from-index',
      comment: 'Whoever imports the shell imports Electron.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/main/shell/', '^src/main/index\\.ts$'] },
      to: { path: '^src/main/shell/' },
    },
    {
      name: 'entries-are-not-imported',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/main/(index|preload|worker|digest-worker|cli)\\.ts$' },
    },
    {
      name: 'preload-shows-the-contract',
      severity: 'error',
      from: { path: '^src/main/preload\\.ts$' },
      to: { pathNot: [SHARED, 'node_modules/electron/', '^electron$'] },
    },
    {
      name: 'renderer-knows-shared-only',
      comment: 'The window is sandboxed: no Node, nothing of the main process.',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { pathNot: ['^src/renderer/', SHARED, NPM] },
    },
    {
      name: 'renderer-not-from-elsewhere',
      severity: 'error',
      from: { path: '^src/(main|shared)/' },
      to: { path: '^src/renderer/' },
    },
    {
      name: 'features-are-apart',
      comment: 'A feature of the window uses ui/ and the files at the root of src/renderer, never another feature.',
      severity: 'error',
      from: { path: '^src/renderer/([^/]+)/' },
      to: { path: '^src/renderer/[^/]+/', pathNot: ['^src/renderer/$1/', '^src/renderer/ui/'] },
    },
  ],
  options: {
    doNotFollow: { path: NPM },
    exclude: { path: ['^out/', '^dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.cjs', '.json', '.css'],
    },
  },
}
