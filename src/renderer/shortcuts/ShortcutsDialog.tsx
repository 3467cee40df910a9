import { useStore } from '../store'
import { t, type MessageKey } from '../text'
import { Button } from '../ui/Button'
import { Dialog, DialogBody, DialogFooter } from '../ui/Dialog'
import { closeDialog } from '../windowState'
import './shortcuts.css'

type Shortcut = readonly [keys: string, what: MessageKey & `shortcut.${string}`]

/** On a Mac the command key stands where Ctrl does. */
const everywhere: readonly Shortcut[] = [
  ['Ctrl+N', 'shortcut.add'],
  ['Ctrl+V', 'shortcut.paste'],
  ['Ctrl+F', 'shortcut.search'],
  ['Ctrl+,', 'shortcut.settings'],
  ['Ctrl+Z', 'shortcut.undo'],
  ['Ctrl+Q', 'shortcut.quit'],
  ['?', 'shortcut.help'],
]
const list: readonly Shortcut[] = [
  ['P', 'shortcut.pause'],
  ['R', 'shortcut.resume'],
  ['O', 'shortcut.open'],
  ['F', 'shortcut.folder'],
  ['E', 'shortcut.link'],
  ['F2', 'shortcut.edit'],
  ['I', 'shortcut.details'],
  ['V', 'shortcut.clipboard'],
  ['Delete', 'shortcut.remove'],
  ['Ctrl+A', 'shortcut.all'],
  ['Ctrl+C', 'shortcut.copy'],
  ['Shift+↑ ↓', 'shortcut.extend'],
  ['Ctrl+Space', 'shortcut.toggle'],
  ['Alt+↑ ↓', 'shortcut.move'],
  ['Alt+Home End', 'shortcut.moveEnds'],
  ['← →', 'shortcut.buttons'],
  ['Shift+F10', 'shortcut.menu'],
]
const header: readonly Shortcut[] = [
  ['Enter', 'shortcut.sort'],
  ['Shift+← →', 'shortcut.width'],
  ['Shift+F10', 'shortcut.columns'],
]

/** Every key, on one sheet. */
export function ShortcutsDialog() {
  return (
    <Dialog title={t('shortcuts.title')} onClose={closeDialog}>
      <DialogBody>
        <div className="shortcuts">
          <Group title={t('shortcuts.list')} shortcuts={list} />
          <div>
            <Group title={t('shortcuts.everywhere')} shortcuts={everywhere} />
            <Group title={t('shortcuts.header')} shortcuts={header} />
          </div>
        </div>
      </DialogBody>
      <DialogFooter>
        <span className="spring" />
        <Button look="main" onPress={closeDialog} autoFocus>
          {t('shortcuts.close')}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}

function Group({ title, shortcuts }: { readonly title: string; readonly shortcuts: readonly Shortcut[] }) {
  const mac = useStore((state) => state.info?.platform === 'darwin')
  return (
    <section className="shortcut-group">
      <h3 className="shortcut-title">{title}</h3>
      <dl>
        {shortcuts.map(([keys, what]) => (
          <div key={what} className="shortcut">
            <dt>
              {(mac ? keys.replace('Ctrl+', '⌘+') : keys).split('+').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
