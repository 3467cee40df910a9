import { createRoot } from 'react-dom/client'
import { App } from './App'
import { CrashGuard } from './CrashGuard'
import { usePrefs } from './downloads/viewPrefs'
import { connect, useStore } from './store'
import { language, setLocale } from './text'
import './styles/tokens.css'
import './styles/base.css'

const element = document.getElementById('root')
if (element === null) throw new Error('index.html has no #root')
const root = createRoot(element)

/** A main process that is busy for longer gets a window that says so. */
const PATIENCE = 500

/** The first picture is already the right one: the list is there, and dark windows do not flash white. */
async function start(): Promise<void> {
  const byQueue = usePrefs.getState().sort === null
  await Promise.race([connect(byQueue), new Promise((resolve) => setTimeout(resolve, PATIENCE))])
  speak()
  // Before the components subscribe, so that they find the new language when they draw the new setting.
  useStore.subscribe((state, before) => {
    if (state.settings !== before.settings || state.info !== before.info) speak()
  })
  document.documentElement.dataset.theme = useStore.getState().settings?.appearance ?? 'system'
  root.render(
    <CrashGuard>
      <App />
    </CrashGuard>,
  )
}

/** The document says its language too: screen readers speak it, and Chinese and Japanese get their own glyphs. */
function speak(): void {
  const { settings, info } = useStore.getState()
  setLocale(info?.locale ?? navigator.language, settings?.language)
  document.documentElement.lang = language()
}

void start()
