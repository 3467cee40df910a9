import { Ellipsis } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { HistoryPage } from '../../shared/contract'
import type { DownloadView } from '../../shared/download'
import { call } from '../api'
import { formatBytes, formatDateTime, reportText, t } from '../text'
import { Button } from '../ui/Button'
import { Dialog, DialogFooter } from '../ui/Dialog'
import { IconButton } from '../ui/IconButton'
import { ContextMenu, type MenuEntry, type Point } from '../ui/Menu'
import { MiddleEllipsis } from '../ui/MiddleEllipsis'
import { TextField } from '../ui/TextField'
import { closeDialog, openDialog, orShow, showDone, showInfo, showWarning } from '../windowState'
import './history.css'

/** ms after the last key before the store is searched. */
const settled = 200

/** Everything that was ever completed, page by page from the store: the window keeps only what is shown here. */
export function HistoryDialog() {
  const [query, setQuery] = useState('')
  const [rows, setRows] = useState<readonly DownloadView[]>([])
  const [next, setNext] = useState<HistoryPage['next']>(null)
  const [searched, setSearched] = useState<string | null>(null)
  /** The search that counts: answers to others come too late. */
  const current = useRef('')

  const read = (text: string, after: HistoryPage['next']) => {
    current.current = text
    orShow(
      call('history.page', { query: text, after }).then((page) => {
        if (current.current !== text) return
        setRows((before) => (after === null ? page.downloads : [...before, ...page.downloads]))
        setNext(page.next)
        setSearched(text)
      }),
    )
  }
  useEffect(() => {
    const timer = setTimeout(() => read(query, null), query === '' ? 0 : settled)
    return () => clearTimeout(timer)
  }, [query])

  const remove = (id: number) =>
    orShow(
      call('downloads.remove', { ids: [id], deleteFile: false }).then(() =>
        setRows((before) => before.filter((view) => view.id !== id)),
      ),
    )
  return (
    <Dialog title={t('history.title')} size="large" onClose={closeDialog}>
      <div className="history-search">
        <TextField label={t('history.search')} value={query} onChange={setQuery} autoFocus />
      </div>
      <div className="history" tabIndex={-1}>
        <ul aria-label={t('history.title')}>
          {rows.map((view) => (
            <Row key={view.id} view={view} onRemove={() => remove(view.id)} />
          ))}
        </ul>
        {rows.length === 0 && searched !== null && (
          <p role="status">{searched.trim() === '' ? t('history.empty') : t('history.noMatch')}</p>
        )}
        {next !== null && <Button onPress={() => read(query, next)}>{t('history.more')}</Button>}
      </div>
      <DialogFooter>
        <Button
          onPress={() =>
            orShow(
              call('list.export').then((count) =>
                count === null ? undefined : showDone(t('history.exported', { count })),
              ),
            )
          }
        >
          {t('history.export')}
        </Button>
        <Button
          onPress={() =>
            orShow(
              call('list.import').then((found) => {
                if (found === null) return
                showDone(t('history.imported', { added: found.added, known: found.known }))
                read(query, null)
              }),
            )
          }
        >
          {t('history.import')}
        </Button>
        <span className="spring" />
        <Button look="main" onPress={closeDialog}>
          {t('history.close')}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}

function Row({ view, onRemove }: { readonly view: DownloadView; readonly onRemove: () => void }) {
  const { id, name, folder, total, finishedAt } = view
  const more = useRef<HTMLSpanElement>(null)
  const [menu, setMenu] = useState<Point | null>(null)
  const facts = [
    ...(total === null ? [] : [formatBytes(total)]),
    ...(finishedAt === null ? [] : [formatDateTime(finishedAt)]),
  ]
  return (
    <li className="history-row">
      <div className="history-what">
        <span className="history-name">
          <MiddleEllipsis text={name} />
        </span>
        <span className="history-facts numbers">{[...facts, folder].join(' · ')}</span>
        <span className="history-facts selectable">{view.url}</span>
      </div>
      <Button
        look="quiet"
        label={t('history.openOne', { name })}
        onPress={() => orShow(call('downloads.open', { id }))}
      >
        {t('action.open')}
      </Button>
      <Button
        look="quiet"
        label={t('history.showOne', { name })}
        onPress={() => orShow(call('downloads.showInFolder', { id }))}
      >
        {t('action.showInFolder')}
      </Button>
      <Button look="quiet" label={t('history.removeOne', { name })} onPress={onRemove}>
        {t('action.remove')}
      </Button>
      <span ref={more}>
        <IconButton
          label={t('history.moreOne', { name })}
          onPress={() => {
            const { left = 0, bottom = 0 } = more.current?.getBoundingClientRect() ?? {}
            setMenu({ x: left, y: bottom })
          }}
        >
          <Ellipsis size={16} aria-hidden />
        </IconButton>
      </span>
      {menu !== null && (
        <ContextMenu label={t('menu.label')} at={menu} entries={moreOf(view)} onClose={() => setMenu(null)} />
      )}
    </li>
  )
}

/** What is wanted of a completed download less often. */
function moreOf({ id, name, url }: DownloadView): readonly MenuEntry[] {
  const entry = (key: string, label: string, onPress: () => void): MenuEntry => ({
    kind: 'item',
    id: key,
    label,
    onPress,
  })
  return [
    entry('again', t('history.again'), () => {
      closeDialog()
      openDialog({ kind: 'add', text: url })
    }),
    entry('copy', t('history.copy'), () => orShow(call('clipboard.write', { text: url }))),
    entry('verify', t('action.verify'), () =>
      orShow(
        call('downloads.verify', { id }).then((report) => {
          const { title, text } = reportText(report, name, true)
          if (report.kind === 'damaged') showWarning(title, { text })
          else if (report.kind === 'nothing') showInfo(title)
          else showDone(title)
        }),
      ),
    ),
  ]
}
