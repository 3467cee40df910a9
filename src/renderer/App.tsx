import { AddDialog } from './add/AddDialog'
import { AuthorizeDialog } from './authorize/AuthorizeDialog'
import { DownloadsView } from './downloads/DownloadsView'
import { RemoveDialog } from './remove/RemoveDialog'
import { SettingsDialog } from './settings/SettingsDialog'
import { Toasts } from './toasts/Toasts'
import { Toolbar } from './toolbar/Toolbar'
import { useAppearance, useLinks, useShortcuts, useTitle } from './windowEffects'
import { useWindow, type DialogState } from './windowState'
import './App.css'

/** Puts the features together; none of them knows another. */
export function App() {
  const dialog = useWindow((state) => state.dialog)
  useAppearance()
  useTitle()
  useShortcuts()
  useLinks()
  return (
    <div className="app">
      <Toolbar />
      <DownloadsView />
      {dialog !== null && <OpenDialog dialog={dialog} />}
      <Toasts />
    </div>
  )
}

function OpenDialog({ dialog }: { readonly dialog: DialogState }) {
  switch (dialog.kind) {
    case 'add':
      return <AddDialog urls={dialog.urls} />
    case 'remove':
      return <RemoveDialog ids={dialog.ids} />
    case 'authorize':
      return <AuthorizeDialog id={dialog.id} />
    case 'settings':
      return <SettingsDialog />
  }
}
