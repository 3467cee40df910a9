import './ProgressBar.css'

interface Props {
  readonly label: string
  /** Whole per cent; `null` when nobody knows. */
  readonly percent: number | null
  /** Between two whole per cents the bar still moves. From 0 to 1. */
  readonly exact: number | null
  readonly tone: 'busy' | 'quiet' | 'ok' | 'warn' | 'bad'
  /** An unknown total moves only while something happens. */
  readonly moving: boolean
  /** What it is the progress of: another one begins where it is, and does not glide there. */
  readonly of?: number
}

export function ProgressBar({ label, percent, exact, tone, moving, of }: Props) {
  const unknown = percent === null
  return (
    <div
      className={`progress progress-${tone}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(unknown ? {} : { 'aria-valuenow': percent })}
    >
      {unknown ? (
        moving && <div className="progress-unknown" />
      ) : (
        <div key={of} className="progress-bar" style={{ transform: `scaleX(${exact ?? 0})` }} />
      )}
    </div>
  )
}
