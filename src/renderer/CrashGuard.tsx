import { Component, type ErrorInfo, type ReactNode } from 'react'
import { t } from './text'
import { Button } from './ui/Button'

interface State {
  readonly error: string | null
}

/** A mistake in the window must not look like a mistake in the downloads: those go on in the main process. */
export class CrashGuard extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error: String(error) }
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    // For the log of the main process, which collects what windows report.
    reportError(new Error(`${error.message}\n${info.componentStack ?? ''}`, { cause: error }))
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return (
      <main className="crash">
        <h1>{t('crash.title')}</h1>
        <p>{t('crash.text')}</p>
        <p className="crash-detail selectable">{this.state.error}</p>
        <Button look="main" onPress={() => location.reload()}>
          {t('crash.reload')}
        </Button>
      </main>
    )
  }
}
