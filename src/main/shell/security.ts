import { app, session, type WebContents } from 'electron'

/** Denies everything that the window never needs: navigation, new windows, web views, permissions (rules 5 and 6). */
export function lockDown(): void {
  const denyAll = session.defaultSession
  denyAll.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  denyAll.setPermissionCheckHandler(() => false)
  denyAll.setDevicePermissionHandler(() => false)
  app.on('web-contents-created', (_event, contents) => lockContents(contents))
}

function lockContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}
