import { createRoot } from 'react-dom/client'
import { I18nProvider } from 'react-aria-components/I18nProvider'
import { App } from './App'
import { CrashGuard } from './CrashGuard'
import { connect, useStore } from './store'
import { setLocale } from './text'
import './styles/tokens.css'
import './styles/base.css'

const element = document.getElementById('root')
if (element === null) throw new Error('index.html has no #root')
const root = createRoot(element)

/** A main process that is busy for longer gets a window that says so. */
const PATIENCE = 500

/** The first picture is already the right one: the list is there, and dark windows do not flash white. */
async function start(): Promise<void> {
  await Promise.race([connect(), new Promise((resolve) => setTimeout(resolve, PATIENCE))])
  const { settings, info } = useStore.getState()
  setLocale(info?.locale ?? navigator.language)
  document.documentElement.dataset.theme = settings?.appearance ?? 'system'
  root.render(
    <CrashGuard>
      {/* The words are English so far; react-aria's own must be too. */}
      <I18nProvider locale="en-US">
        <App />
      </I18nProvider>
    </CrashGuard>,
  )
}

void start()
