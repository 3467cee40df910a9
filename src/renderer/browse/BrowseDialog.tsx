import { useVirtualizer } from '@tanstack/react-virtual'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { formatObjectAddress, parseObjectAddress, type ObjectAddress } from '../../shared/cloud-address'
import type { AddInput, FolderChoice } from '../../shared/contract'
import type { DownloadError } from '../../shared/errors'
import { asRequestError, call } from '../api'
import { downloadProblem, formatBytes, formatCount, requestProblem, t } from '../text'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { Dialog, DialogBody, DialogFooter } from '../ui/Dialog'
import { FolderField } from '../ui/FolderField'
import { TextField } from '../ui/TextField'
import { closeDialog, orShow, showDone, showWarning } from '../windowState'
import { Chosen, matching, totalOf, type Listed } from './chosen'
import './browse.css'

interface Props {
  /** A prefix: `oss://bucket/folder/`. */
  readonly root: string
  /** What the form said of all that is to be added; `null` when nobody filled it in. */
  readonly input: Omit<AddInput, 'urls' | 'root' | 'group'> | null
}

const rowHeight = 30
/** Added in one commit: so few that downloads that run meanwhile do not notice. */
const batch = 500

/** The objects under a prefix, to choose from. They come page by page and can be chosen from at once. */
export function BrowseDialog({ root, input }: Props) {
  const { objects, done, error } = useObjects(root, input?.account ?? null)
  const [folder, chooseFolder] = useFolder(input === null)
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState(() => Chosen.all)
  /** How many have been handed over, while they are. */
  const [handed, setHanded] = useState<number | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const prefix = keyOf(root)
  const searched = useDeferredValue(query)
  const shown = useMemo(() => matching(objects, searched), [objects, searched])
  const wanted = useMemo(() => objects.filter(({ key }) => chosen.has(key)), [objects, chosen])
  const allShown = shown.length > 0 && shown.every(({ key }) => chosen.has(key))

  // Closing the dialog ends the adding; what has been added stays.
  const open = useRef(true)
  useEffect(() => {
    open.current = true
    return () => {
      open.current = false
    }
  }, [])

  const add = async () => {
    const common = input ?? (folder === null ? null : plainInput(folder.token))
    if (handed !== null || wanted.length === 0 || common === null) return
    setHanded(0)
    const object = objectOf(root)
    const group = { id: crypto.randomUUID(), name: nameOf(object) }
    let added = 0
    let failed = 0
    try {
      for (let at = 0; at < wanted.length && open.current; at += batch) {
        const urls = wanted.slice(at, at + batch).map(({ key }) => formatObjectAddress({ ...object, key, query: [] }))
        // A "folder" has no outcome: it is made, and nothing else is to do.
        const outcomes = await call('downloads.add', { ...common, root, group, urls })
        failed += outcomes.filter((outcome) => 'error' in outcome).length
        added += outcomes.filter((outcome) => 'id' in outcome).length
        setHanded(at + urls.length)
      }
      if (open.current) closeDialog()
      const told = t('add.result', { added, failed })
      if (failed === 0) showDone(told)
      else showWarning(told)
    } catch (thrown) {
      const text = requestProblem(asRequestError(thrown))
      setProblem(t('join.titleText', { title: text.title, text: text.suggestion }))
      setHanded(null)
    }
  }

  return (
    <Dialog title={t('browse.title')} onClose={closeDialog}>
      <DialogBody>
        <p className="selectable">{root}</p>
        <div className="browse-head">
          <TextField label={t('browse.search')} value={query} onChange={setQuery} autoFocus />
          <Checkbox
            checked={allShown}
            onChange={(on) =>
              setChosen((before) =>
                before.with(
                  shown.map(({ key }) => key),
                  on,
                  query === '',
                ),
              )
            }
          >
            {t('browse.all')}
          </Checkbox>
        </div>
        <List
          objects={shown}
          prefix={prefix}
          chosen={chosen}
          onToggle={(key, on) => setChosen((before) => before.with([key], on, false))}
        />
        <p role="status" className="hint">
          {handed !== null
            ? t('browse.adding', { added: formatCount(handed), all: formatCount(wanted.length) })
            : t(done ? 'browse.chosen' : 'browse.loading', {
                chosen: formatCount(wanted.length),
                all: formatCount(objects.length),
                size: formatBytes(totalOf(wanted)),
              })}
        </p>
        {input === null && (
          <FolderField
            label={t('add.folder')}
            path={folder?.path ?? null}
            choose={t('add.chooseFolder')}
            onChoose={chooseFolder}
          />
        )}
        {error !== null && (
          <p className="field-error" role="alert">
            {t('join.titleText', { title: error.title, text: error.suggestion })}
          </p>
        )}
        {problem !== null && (
          <p className="field-error" role="alert">
            {problem}
          </p>
        )}
      </DialogBody>
      <DialogFooter>
        <span className="spring" />
        <Button onPress={closeDialog}>{t('add.cancel')}</Button>
        <Button look="main" disabled={handed !== null || !done || wanted.length === 0} onPress={() => void add()}>
          {t('browse.add')}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}

interface ListProps {
  readonly objects: readonly Listed[]
  readonly prefix: string
  readonly chosen: Chosen
  readonly onToggle: (key: string, on: boolean) => void
}

/** Only the rows in sight are drawn: a bucket may have 100,000. */
function List({ objects, prefix, chosen, onToggle }: ListProps) {
  const box = useRef<HTMLDivElement>(null)
  // eslint-disable-next-line react-hooks/incompatible-library -- used in this component only
  const rows = useVirtualizer({
    count: objects.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  })
  return (
    <div className="browse-list" ref={box} role="group" aria-label={t('browse.objects')} tabIndex={-1}>
      <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const object = objects[index]
          if (object === undefined) return null
          const { key, size } = object
          return (
            <div key={key} className="browse-row" style={{ top: start, height: rowHeight }}>
              <Checkbox checked={chosen.has(key)} onChange={(on) => onToggle(key, on)}>
                {key.slice(prefix.length)}
              </Checkbox>
              <span className="browse-size">{key.endsWith('/') ? t('browse.folder') : formatBytes(size)}</span>
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** Reads page after page while the dialog is open. */
function useObjects(root: string, account: string | null) {
  const [objects, setObjects] = useState<readonly Listed[]>([])
  const [state, setState] = useState<{ done: boolean; error: ReturnType<typeof downloadProblem> | null }>({
    done: false,
    error: null,
  })
  useEffect(() => {
    let open = true
    const fail = (error: DownloadError) => open && setState({ done: true, error: downloadProblem(error) })
    const read = async () => {
      const all: Listed[] = []
      const prefix = keyOf(root)
      let told = 0
      for (let token: string | null = null, more = true; more && open; more = token !== null) {
        const page: Awaited<ReturnType<typeof call<'cloud.list'>>> = await call('cloud.list', {
          url: root,
          account,
          token,
        })
        if ('error' in page) return fail(page.error)
        // The prefix itself may be there as an object of its own.
        for (const object of page.objects) if (object.key !== prefix) all.push(object)
        token = page.next
        // Not with every page: each time all that are there are looked at.
        if (open && (token === null || Date.now() - told > 250)) {
          told = Date.now()
          setObjects([...all])
        }
      }
      if (open) setState({ done: true, error: null })
    }
    read().catch((thrown: unknown) => {
      fail({ code: 'INTERNAL', retry: 'no', detail: asRequestError(thrown).detail })
    })
    return () => {
      open = false
    }
  }, [root, account])
  return { objects, ...state }
}

/** Where the objects go when no form said so: the folder for new downloads, or another one. */
function useFolder(wanted: boolean): [FolderChoice | null, () => void] {
  const [folder, setFolder] = useState<FolderChoice | null>(null)
  useEffect(() => {
    if (wanted) orShow(call('folders.default').then((choice) => setFolder((chosen) => chosen ?? choice)))
  }, [wanted])
  return [folder, () => orShow(call('folders.choose').then((choice) => choice !== null && setFolder(choice)))]
}

/** What an empty form says. */
function plainInput(folder: string) {
  const nothing = { headers: '', cookies: '', user: '', password: '', checksum: '' }
  return { ...nothing, folder, name: null, connections: null, start: true }
}

function objectOf(root: string) {
  const object = parseObjectAddress(root)
  if (object === null || object === 'bad') throw new Error(`not a prefix: ${root}`)
  return object
}

/** The last folder of a prefix, or the bucket. */
function nameOf({ bucket, key }: ObjectAddress): string {
  return key.split('/').findLast((part) => part !== '') ?? bucket
}

function keyOf(root: string): string {
  return objectOf(root).key
}
