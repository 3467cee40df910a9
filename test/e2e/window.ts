import type { Locator } from 'playwright-core'
import type { Longshore } from './electron'

export interface Form {
  readonly url: string
  /** Chosen through the system's dialog, which answers with it. */
  readonly folder: string
  readonly connections?: number
}

/** Opens the form and chooses the folder; the system's dialog, which no script can click, answers by itself. */
export async function openForm({ app, window }: Longshore, folder: string): Promise<Locator> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
  }, folder)
  await window.getByRole('button', { name: 'Add download', exact: true }).click()
  const form = window.getByRole('dialog', { name: 'Add download' })
  await form.getByRole('button', { name: 'Choose folder…' }).click()
  await form.getByText(folder).waitFor()
  return form
}

/** Adds a download as a user does. */
export async function addDownload(longshore: Longshore, { url, folder, connections }: Form): Promise<void> {
  const form = await openForm(longshore, folder)
  await form.getByRole('textbox', { name: 'URLs' }).fill(url)
  if (connections !== undefined) {
    await form.getByRole('spinbutton', { name: 'Connections' }).fill(String(connections))
  }
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  await form.waitFor({ state: 'detached' })
}

/** The row of a download in the list. */
export function row({ window }: Longshore, name: string): Locator {
  const grid = window.getByRole('grid', { name: 'Downloads' })
  // With groups in it, it is a tree as well.
  return grid.or(window.getByRole('treegrid', { name: 'Downloads' })).getByRole('row', { name, exact: true })
}
