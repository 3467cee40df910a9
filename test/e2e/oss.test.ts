import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startOssServer, type OssServer } from '../oss-server'
import type { Longshore } from './electron'
import { Stage } from './stage'
import { openForm, row } from './window'

const mebibyte = 1024 * 1024
const env = { OSS_ACCESS_KEY_ID: 'LTAI-test', OSS_ACCESS_KEY_SECRET: 'a secret of tests' }

let stage: Stage
let oss: OssServer
beforeEach(async () => {
  stage = await Stage.create()
  oss = await startOssServer()
})
afterEach(async () => {
  await stage.end()
  await oss.close()
})

/** Settings, Cloud accounts, as a user fills them in. */
async function makeAccount({ window }: Longshore, keys: 'typed' | 'environment', secret = env.OSS_ACCESS_KEY_SECRET) {
  await window.getByRole('button', { name: 'Settings' }).click()
  const settings = window.getByRole('dialog', { name: 'Settings' })
  await settings.getByRole('button', { name: 'Add account…' }).click()
  const form = settings.getByRole('form', { name: 'Cloud account' })
  await form.getByRole('textbox', { name: 'Account name' }).fill('Work')
  if (keys === 'environment') {
    await form.getByRole('combobox', { name: 'Keys' }).selectOption('environment')
  } else {
    await form.getByRole('textbox', { name: 'Access key ID' }).fill(env.OSS_ACCESS_KEY_ID)
    await form.getByRole('textbox', { name: 'Access key secret' }).fill(secret)
  }
  await form.getByRole('textbox', { name: 'Region' }).fill('cn-hangzhou')
  await form.getByRole('textbox', { name: 'Endpoint' }).fill(oss.endpoint)
  return { settings, form }
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
}

it('the sample of the document in the form: an account, an object, a crash, a restart, verified by CRC', async () => {
  oss.put('exampledir/exampleobject.txt', { size: 24 * mebibyte })
  oss.switches = { rate: 4 * mebibyte }
  let longshore = await stage.start({ env })
  // auth = oss2.ProviderAuthV4(EnvironmentVariableCredentialsProvider()); endpoint = "https://…"; region = "cn-hangzhou"
  const { settings, form } = await makeAccount(longshore, 'environment')
  expect(await form.getByRole('combobox', { name: 'Signature' }).inputValue()).toBe('v4')
  await form.getByRole('button', { name: 'Test' }).click()
  await form.getByText('The keys and the endpoint work.').waitFor()
  await form.getByRole('button', { name: 'Save' }).click()
  await settings.getByRole('group', { name: 'Work' }).waitFor()
  await settings.getByRole('button', { name: 'Done', exact: true }).click()

  // 'D:\\localpath\\examplefile.txt', its folder; store=… is the profile, which is named at the start
  const add = await openForm(longshore, stage.folder)
  // bucket = oss2.Bucket(auth, endpoint, "yourBucketName", region=region); 'exampledir/exampleobject.txt'
  await add.getByRole('textbox', { name: 'URLs' }).fill(`oss://${oss.bucket}/exampledir/exampleobject.txt`)
  const account = add.getByRole('combobox', { name: 'Account' }).locator('option:checked')
  await expect.poll(() => account.textContent()).toBe('Work')
  // 'D:\\localpath\\examplefile.txt', its name
  await add.getByRole('textbox', { name: 'File name' }).fill('examplefile.txt')
  // num_threads=4
  await add.getByRole('spinbutton', { name: 'Connections' }).fill('4')
  await add.getByRole('button', { name: 'Advanced' }).click()
  // part_size=100*1024
  await add.getByRole('textbox', { name: 'Smallest piece' }).fill('100K')
  // multiget_threshold=100*1024
  await add.getByRole('textbox', { name: 'One connection below' }).fill('100K')
  await add.getByRole('button', { name: 'Add', exact: true }).click()
  await add.waitFor({ state: 'detached' })
  // progress_callback=percentage
  const progress = row(longshore, 'examplefile.txt').getByRole('progressbar')
  await expect.poll(async () => Number(await progress.getAttribute('aria-valuenow'))).toBeGreaterThan(0)
  await row(longshore, 'examplefile.txt')
    .getByText(/connections/)
    .waitFor()
  await expect.poll(() => oss.requests.length).toBeGreaterThan(3)
  // Something has to be checkpointed before the crash.
  await row(longshore, 'examplefile.txt').getByRole('button', { name: 'Details' }).click()
  const map = longshore.window.getByRole('region', { name: 'Details' }).getByRole('img')
  await expect.poll(() => map.getAttribute('aria-label')).toMatch(/^[1-9]\d*% safe on the disk/)
  await longshore.kill9()

  const before = oss.requests.length
  oss.switches = {}
  longshore = await stage.start({ env })
  await row(longshore, 'examplefile.txt').getByText('Completed').waitFor()
  expect(await sha256(stage.path('examplefile.txt'))).toBe(oss.sha256('exampledir/exampleobject.txt'))
  expect(oss.requests.slice(before).every(({ headers }) => headers.range !== 'bytes=0-')).toBe(true)
  await row(longshore, 'examplefile.txt')
    .getByText(/CRC-64/)
    .first()
    .waitFor()
})

it('a wrong secret is told in a sentence; the right one lets the download go on', async () => {
  oss.put('k.bin', { size: mebibyte })
  const longshore = await stage.start()
  const { settings, form } = await makeAccount(longshore, 'typed', 'wrong')
  await form.getByRole('button', { name: 'Test' }).click()
  await form.getByText('The secret of the access key is wrong').waitFor()
  await form.getByRole('button', { name: 'Save' }).click()
  await settings.getByRole('button', { name: 'Done', exact: true }).click()
  const add = await openForm(longshore, stage.folder)
  await add.getByRole('textbox', { name: 'URLs' }).fill(`oss://${oss.bucket}/k.bin`)
  await add.getByRole('button', { name: 'Add', exact: true }).click()
  await row(longshore, 'k.bin').getByRole('button', { name: 'Cloud accounts…' }).click()
  await settings.getByRole('button', { name: 'Edit Work' }).click()
  await form.getByRole('textbox', { name: 'Access key secret' }).fill(env.OSS_ACCESS_KEY_SECRET)
  await form.getByRole('button', { name: 'Save' }).click()
  await settings.getByRole('button', { name: 'Done', exact: true }).click()
  await row(longshore, 'k.bin').getByText('Completed').waitFor()
  expect(await sha256(stage.path('k.bin'))).toBe(oss.sha256('k.bin'))
})

it('a folder of a bucket: searched, chosen from, downloaded with its tree', async () => {
  for (let n = 0; n < 3000; n++) oss.put(`data/many/${n}.bin`, { size: 10 })
  for (const key of ['data/', 'data/empty/', 'data/a/one.csv', 'data/a/b/two.csv', 'data/zero.csv']) {
    oss.put(key, { size: key.endsWith('zero.csv') || key.endsWith('/') ? 0 : 1000 })
  }
  const longshore = await stage.start({ env })
  const { settings, form } = await makeAccount(longshore, 'environment')
  await form.getByRole('button', { name: 'Save' }).click()
  await settings.getByRole('button', { name: 'Done', exact: true }).click()
  const add = await openForm(longshore, stage.folder)
  await add.getByRole('textbox', { name: 'URLs' }).fill(`oss://${oss.bucket}/data/`)
  await add.getByRole('button', { name: 'Add', exact: true }).click()
  const browse = longshore.window.getByRole('dialog', { name: 'Choose objects' })
  await browse.getByText('3,004 of 3,004 chosen').waitFor()
  await browse.getByRole('checkbox', { name: 'Select all' }).click()
  await browse.getByRole('textbox', { name: 'Search' }).fill('csv')
  await browse.getByRole('checkbox', { name: 'Select all' }).click()
  await browse.getByText('3 of 3,004 chosen').waitFor()
  await browse.getByRole('button', { name: 'Download' }).click()
  for (const name of ['one.csv', 'two.csv', 'zero.csv']) {
    await row(longshore, name).getByText('Completed').waitFor()
  }
  expect(await sha256(stage.path('a/b/two.csv'))).toBe(oss.sha256('data/a/b/two.csv'))
  expect(await readFile(stage.path('zero.csv'))).toHaveLength(0)
})

it('an address of OSS as argument is added', async () => {
  oss.put('k.bin', { size: 1000 })
  const longshore = await stage.start({
    env: { ...env, HOME: stage.root, OSS_REGION: 'cn-hangzhou', OSS_ENDPOINT: oss.endpoint },
    args: [`oss://${oss.bucket}/k.bin`],
  })
  await row(longshore, 'k.bin').getByText('Completed').waitFor()
})

it('a prefix as argument opens the choice, and goes to the folder that is chosen there', async () => {
  for (const key of ['data/a/one.csv', 'data/two.csv']) oss.put(key, { size: 1000 })
  const longshore = await stage.start({
    env: { ...env, HOME: stage.root, OSS_REGION: 'cn-hangzhou', OSS_ENDPOINT: oss.endpoint },
    args: [`oss://${oss.bucket}/data/`],
  })
  const browse = longshore.window.getByRole('dialog', { name: 'Choose objects' })
  await browse.getByText('2 of 2 chosen').waitFor()
  expect(oss.requests.every(({ key }) => key === '')).toBe(true)
  await longshore.app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
  }, stage.folder)
  await browse.getByRole('button', { name: 'Choose folder…' }).click()
  await browse.getByText(stage.folder).waitFor()
  await browse.getByRole('button', { name: 'Download' }).click()
  await row(longshore, 'two.csv').getByText('Completed').waitFor()
  await row(longshore, 'one.csv').getByText('Completed').waitFor()
  expect(await sha256(stage.path('a/one.csv'))).toBe(oss.sha256('data/a/one.csv'))
})

it('a prefix in a link from elsewhere is shown in the form first, and then chosen from', async () => {
  oss.put('data/two.csv', { size: 1000 })
  const link = `longshore://add?url=${encodeURIComponent(`oss://${oss.bucket}/data/`)}`
  const longshore = await stage.start({
    env: { ...env, HOME: stage.root, OSS_REGION: 'cn-hangzhou', OSS_ENDPOINT: oss.endpoint },
    args: ['--from-link', link],
  })
  const form = longshore.window.getByRole('dialog', { name: 'Add download' })
  await form.getByRole('textbox', { name: 'URLs' }).waitFor()
  expect(oss.requests).toEqual([])
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  await longshore.window.getByRole('dialog', { name: 'Choose objects' }).getByText('1 of 1 chosen').waitFor()
})

it('an archived object is restored by its button, waits without a slot, and comes by itself', async () => {
  oss.put('cold.bin', { size: mebibyte, storageClass: 'Archive' })
  oss.put('warm.bin', { size: mebibyte })
  const longshore = await stage.start({
    env: { ...env, HOME: stage.root, OSS_REGION: 'cn-hangzhou', OSS_ENDPOINT: oss.endpoint },
    args: [`oss://${oss.bucket}/cold.bin`],
  })
  const cold = row(longshore, 'cold.bin')
  await cold.getByText('The object is archived').waitFor()
  await cold.getByRole('button', { name: 'Restore', exact: true }).click()
  await cold.getByText('Waiting', { exact: true }).waitFor()
  await cold.getByText(/being restored, looked at again at/).waitFor()
  expect(oss.requests.filter(({ method }) => method === 'POST').map(({ status }) => status)).toEqual([202])
  oss.thawed('cold.bin')
  await cold.getByText('Completed').waitFor()
})
