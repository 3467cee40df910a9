import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { maxUrls } from '../../shared/limits'
import { lines } from '../../shared/links'
import { asRequestError, call } from '../api'
import { useStore } from '../store'
import { t } from '../text'
import { Checkbox } from '../ui/Checkbox'
import { FormDialog } from '../ui/FormDialog'
import { TextField } from '../ui/TextField'
import { closeDialog, openDialog, reveal, showDone, useWindow } from '../windowState'
import { AccountField } from './AccountField'
import { Advanced } from './Advanced'
import { ConnectionsField } from './ConnectionsField'
import { looksLikeCurl } from '../curl'
import { CategoryField } from './CategoryField'
import { Duplicates } from './Duplicates'
import { duplicatesOf, withoutDuplicates, type DuplicateChoice } from './duplicates'
import { FolderChooser } from './FolderChooser'
import { check, emptyFields, hasProblems, noProblems, prefixIn, result, toInput, withError, type Fields } from './form'
import { takeIn } from './intake'
import { LinkInfo } from './LinkInfo'
import { taken } from './said'
import { QueueField } from './QueueField'
import { UrlsField } from './UrlsField'
import { useFolder } from './useFolder'
import { useLook } from './useLook'
import { countAll, expandAll } from './validate'
import './add.css'

/** What can have the focus: a box around a field is marked as well. */
const wrongField = ':is(input, textarea, button)[aria-invalid="true"], button[data-invalid="true"]'

function hasSecrets({ headers, cookies, user, password }: Fields): boolean {
  return [headers, cookies, user, password].some((each) => each !== '')
}

/** @param text what was pasted, dropped or offered from outside; empty for a form to fill in */
export function AddDialog({ text }: { readonly text: string }) {
  const [first] = useState(() => (text === '' ? null : taken(takeIn(text), emptyFields(''))))
  const [fields, setFields] = useState<Fields>(() => ({ ...emptyFields(''), ...first?.change }))
  const [problems, setProblems] = useState(noProblems)
  const [busy, setBusy] = useState(false)
  const [twice, setTwice] = useState<DuplicateChoice>('again')
  const [said, setSaid] = useState(first?.said ?? '')
  const form = useRef<HTMLFormElement>(null)
  const keepsSecrets = useStore((state) => state.info?.keepsSecrets ?? true)
  const defaultConnections = useStore(({ settings }) =>
    settings === null ? null : Math.min(settings.connections, settings.connectionsPerHost),
  )

  // Once, when the form opens: later the clipboard is nobody's business.
  const empty = text === ''
  useEffect(() => {
    if (!empty) return
    void call('clipboard.links').then(
      (links) => setFields((before) => (links === '' || before.urls !== '' ? before : { ...before, urls: links })),
      () => undefined, // The form does without.
    )
  }, [empty])

  const addresses = useMemo(() => lines(fields.urls), [fields.urls])
  const many = useMemo(() => countAll(addresses, fields.ranges) > 1, [addresses, fields.ranges])
  const address = many ? null : (addresses[0] ?? null)
  const looked = useLook(address, fields.account)
  const known = typeof looked === 'object' && looked?.kind === 'answered' ? looked : null
  const place = useFolder(address, fields.name.trim() || (known?.name ?? ''), many, fields.category)
  const { folder } = place

  const expanded = useMemo(
    () => (countAll(addresses, fields.ranges) > maxUrls ? [] : expandAll(addresses, fields.ranges)),
    [addresses, fields.ranges],
  )
  const duplicates = useMemo(() => duplicatesOf(expanded, useStore.getState().mirror.rows), [expanded])

  /** What is being corrected is not called wrong any more. */
  const set = (change: Partial<Fields>) => {
    setFields((before) => ({ ...before, ...change }))
    setProblems((before) => {
      const left = Object.entries(before.fields).filter(([field]) => !Object.hasOwn(change, field))
      return {
        lines: 'urls' in change ? [] : before.lines,
        mirrors: 'urls' in change || 'mirrors' in change ? [] : before.mirrors,
        fields: Object.fromEntries(left),
        form: null,
      }
    })
  }

  const take = (brought: string) => {
    const { change, said: words } = taken(takeIn(brought), fields)
    set(change)
    setSaid(words)
  }
  const offered = useWindow((state) => state.offered)
  const [seen, setSeen] = useState(offered)
  if (offered !== seen) {
    setSeen(offered)
    if (offered !== null) take(offered.text)
  }

  const fail = (found: typeof problems) => {
    setProblems(found)
    // Once the errors are drawn: the first wrong field is where the user has to go.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>(wrongField)?.focus())
  }

  const add = async () => {
    if (busy) return
    if (looksLikeCurl(fields.urls)) return take(fields.urls)
    setSaid('')
    // A folder that is still being typed counts as it stands.
    const typed = await place.typing.settle()
    if (typed !== null && 'wrong' in typed) return fail(noProblems)
    const target = typed?.folder ?? folder
    const found = check(fields, target?.token ?? null)
    if (target === null || hasProblems(found)) return fail(found)
    const prefix = prefixIn(fields.urls)
    if (prefix !== null) {
      closeDialog()
      openDialog({ kind: 'browse', root: prefix, input: { ...toInput(fields, target.token), name: null } })
      return
    }
    setBusy(true)
    try {
      const { input, skipped, shown } = withoutDuplicates(
        toInput(fields, place.each && typed === null ? null : target.token),
        duplicates,
        twice,
      )
      const outcome = result(input.urls.length === 0 ? [] : await call('downloads.add', input))
      if (outcome.failed === 0) {
        closeDialog()
        if (shown !== null) reveal(shown)
        const said = [
          ...(outcome.added > 1 || (outcome.added > 0 && skipped > 0)
            ? [t('add.added', { count: outcome.added })]
            : []),
          ...(skipped > 0 && shown === null ? [t('duplicates.skipped', { count: skipped })] : []),
        ]
        if (said.length > 0) showDone(said.join(' · '))
        return
      }
      setFields((before) => ({ ...before, urls: outcome.urls }))
      setSaid(t('add.result', { added: outcome.added, failed: outcome.failed }))
      fail(outcome.problems)
    } catch (error) {
      fail(withError(noProblems, asRequestError(error)))
    } finally {
      setBusy(false)
    }
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) {
      event.preventDefault()
      void add()
    }
  }

  return (
    <FormDialog
      title={t('add.title')}
      cancel={t('add.cancel')}
      submit={busy ? t('add.busy') : t('add.submit')}
      submitLabel={t('add.submit')}
      problem={problems.form}
      footer={
        <Checkbox checked={fields.start} onChange={(start) => set({ start })}>
          {t('add.start')}
        </Checkbox>
      }
      form={form}
      onKeyDown={onKeyDown}
      onClose={closeDialog}
      onSubmit={() => void add()}
    >
      <UrlsField fields={fields} problems={problems} onChange={set} onText={take} />
      <p className="add-said" role="status">
        {said}
      </p>
      {/* Who pastes a command does not look at the fields further down, where it says so too. */}
      {!keepsSecrets && said !== '' && hasSecrets(fields) && <p className="hint">{t('add.secretsNotKept')}</p>}
      <LinkInfo looked={looked} />
      <Duplicates found={duplicates} count={expanded.length} value={twice} onChange={setTwice} />
      <AccountField urls={fields.urls} value={fields.account} onChange={(account) => set({ account })} />
      <FolderChooser
        state={place}
        onChange={(choice) => {
          place.choose(choice)
          setProblems(({ fields: { folder: _, ...others }, ...rest }) => ({ ...rest, fields: others }))
        }}
        needed={known?.total ?? null}
        error={problems.fields.folder ?? null}
      />
      <div className="add-pair">
        <TextField
          label={t('add.name')}
          value={many ? '' : fields.name}
          onChange={(name) => set({ name })}
          disabled={many}
          example={many ? t('add.nameMany') : (known?.name ?? t('add.nameHint'))}
          error={problems.fields.name ?? null}
        />
        <ConnectionsField fields={fields} problems={problems} setting={defaultConnections} onChange={set} />
      </div>
      <div className="add-pair">
        <CategoryField value={fields.category} onChange={(category) => set({ category })} />
        <QueueField value={fields.queue} onChange={(queue) => set({ queue })} onFolder={place.choose} />
      </div>
      <Advanced fields={fields} problems={problems} onChange={set} />
    </FormDialog>
  )
}
