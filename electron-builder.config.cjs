// What `npm run dist` makes. Electron and the tools for AppImage, deb and nsis are fetched by electron-builder.

/** @type {import('electron-builder').Configuration} */
module.exports = {
  appId: 'app.longshore.Longshore',
  productName: 'Longshore',
  copyright: 'The Longshore authors, MIT licence',
  directories: { output: 'dist', buildResources: 'assets' },
  artifactName: '${productName}-${version}-${os}-${arch}.${ext}',

  // What is built; and of node_modules only "dependencies", of those only what runs.
  files: [
    'out/**',
    'package.json',
    '!**/*.map',
    '!node_modules/better-sqlite3/{deps,src,binding.gyp}',
    '!node_modules/better-sqlite3/prebuilds/*',
    'node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node',
    '!node_modules/node-addon-api',
  ],
  asar: true,
  // A native module is loaded by the system, which knows no asar.
  asarUnpack: ['**/*.node'],
  // Ours works in every Electron as it is (Node-API).
  npmRebuild: false,

  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    grantFileProtocolExtraPrivileges: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    enableCookieEncryption: true,
    loadBrowserProcessSpecificV8Snapshot: false,
  },

  protocols: [
    { name: 'Longshore download', schemes: ['longshore'] },
    { name: 'Object storage (OSS)', schemes: ['oss'] },
  ],

  linux: {
    target: ['AppImage', 'deb', 'tar.gz'],
    executableName: 'longshore',
    // Before an address that comes from a link: see src/main/shell/outside-links.ts.
    executableArgs: ['--from-link'],
    icon: 'assets/icons',
    category: 'Network',
    synopsis: 'A download manager that never loses a byte',
    maintainer: 'The Longshore authors <longshore@localhost>',
    desktop: {
      entry: {
        Name: 'Longshore',
        GenericName: 'Download manager',
        Keywords: 'download;manager;http;resume;',
        StartupWMClass: 'Longshore',
      },
    },
  },
  win: { target: ['nsis'], icon: 'assets/icon.ico' },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  mac: {
    target: ['dmg'],
    icon: 'assets/icon.icns',
    category: 'public.app-category.utilities',
    hardenedRuntime: true,
  },
}
