import { I18nProvider } from 'react-aria-components/I18nProvider'
import { AccountsSetting } from './accounts/AccountsSetting'
import { AddDialog } from './add/AddDialog'
import { EditDialog } from './add/EditDialog'
import { DropTarget } from './add/DropTarget'
import { AuthorizeDialog } from './authorize/AuthorizeDialog'
import { BrowseDialog } from './browse/BrowseDialog'
import { CountdownDialog } from './countdown/CountdownDialog'
import { DownloadsView } from './downloads/DownloadsView'
import { AppointDialog } from './appoint/AppointDialog'
import { HistoryDialog } from './history/HistoryDialog'
import { QueuesDialog } from './queues/QueuesDialog'
import { LimitDialog } from './limit/LimitDialog'
import { DocumentDialog } from './local/DocumentDialog'
import { ImportDialog } from './local/ImportDialog'
import { PartialDialog } from './local/PartialDialog'
import { RelinkDialog } from './relink/RelinkDialog'
import { RemoveDialog } from './remove/RemoveDialog'
import { RestartDialog } from './restart/RestartDialog'
import { RulesSetting } from './rules/RulesSetting'
import { SettingsDialog } from './settings/SettingsDialog'
import { ShortcutsDialog } from './shortcuts/ShortcutsDialog'
import { useStore } from './store'
import { Toasts } from './toasts/Toasts'
import { Toolbar } from './toolbar/Toolbar'
import { useAppearance, useLocale, useShortcuts, useTitle } from './windowEffects'
import { useWindow, type DialogState } from './windowState'
import './App.css'

/** Puts the features together; none of them knows another. */
export function App() {
  const dialog = useWindow((state) => state.dialog)
  const locale = useLocale()
  const countdown = useStore((state) => state.countdown)
  useAppearance()
  useTitle()
  useShortcuts()
  return (
    <I18nProvider locale={locale}>
      <div className="app">
        <Toolbar />
        {/* Built anew in a new language: its rows are drawn only when their download changes. */}
        <DownloadsView key={locale} />
        {dialog !== null && <OpenDialog dialog={dialog} />}
        {countdown !== null && <CountdownDialog countdown={countdown} />}
        <DropTarget />
        <Toasts />
      </div>
    </I18nProvider>
  )
}

function OpenDialog({ dialog }: { readonly dialog: DialogState }) {
  switch (dialog.kind) {
    case 'add':
      return <AddDialog text={dialog.text} />
    case 'remove':
      return <RemoveDialog ids={dialog.ids} />
    case 'authorize':
      return <AuthorizeDialog id={dialog.id} />
    case 'edit':
      return <EditDialog id={dialog.id} />
    case 'relink':
      return <RelinkDialog id={dialog.id} />
    case 'restart':
      return <RestartDialog id={dialog.id} />
    case 'limit':
      return <LimitDialog ids={dialog.ids} />
    case 'browse':
      return <BrowseDialog root={dialog.root} input={dialog.input} />
    case 'settings':
      return <SettingsDialog accounts={<AccountsSetting />} rules={<RulesSetting />} />
    case 'history':
      return <HistoryDialog />
    case 'queues':
      return <QueuesDialog />
    case 'appoint':
      return <AppointDialog ids={dialog.ids} />
    case 'import':
      return <ImportDialog file={dialog.file} look={dialog.look} />
    case 'document':
      return <DocumentDialog text={dialog.text} />
    case 'partial':
      return <PartialDialog {...dialog} />
    case 'shortcuts':
      return <ShortcutsDialog />
  }
}
