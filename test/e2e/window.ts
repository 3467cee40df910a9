import type { Locator } from 'playwright-core'
import type { Longshore } from './electron'

export interface Form {
  readonly url: string
  /** Chosen through the system's dialog, which answers with it. */
  readonly folder: string
  readonly connections?: number
  readonly name?: string
}

/** Adds a download as a user does; the system's folder dialog, which no script can click, answers by itself. */
export async function addDownload({ app, window }: Longshore, form: Form): Promise<void> {
  await app.evaluate(({ dialog }, folder) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [folder] })
  }, form.folder)
  await window.getByRole('button', { name: 'Add download', exact: true }).click()
  const dialog = window.getByRole('dialog', { name: 'Add download' })
  await dialog.getByRole('textbox', { name: 'URLs' }).fill(form.url)
  await dialog.getByRole('button', { name: 'Choose folder…' }).click()
  await dialog.getByText(form.folder).waitFor()
  if (form.connections !== undefined) {
    await dialog.getByRole('spinbutton', { name: 'Connections' }).fill(String(form.connections))
  }
  if (form.name !== undefined) await dialog.getByRole('textbox', { name: 'File name' }).fill(form.name)
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

/** The row of a download in the list. */
export function row({ window }: Longshore, name: string): Locator {
  return window.getByRole('grid', { name: 'Downloads' }).getByRole('row', { name, exact: true })
}
