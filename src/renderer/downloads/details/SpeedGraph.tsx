import type { SpeedHistory } from '../../../shared/inspection'
import { formatDuration, formatSpeed, t } from '../../text'
import './SpeedGraph.css'

const WIDTH = 600
const HEIGHT = 100

/** The speed over the whole life; pauses are left out. */
export function SpeedGraph({ history }: { readonly history: SpeedHistory }) {
  const { step, bytes } = history
  // The last stretch is not over yet: its bytes would look like a fall.
  const speeds = (bytes.length > 1 ? bytes.slice(0, -1) : bytes).map((each) => (each * 1000) / step)
  const highest = Math.max(0, ...speeds)
  if (highest === 0) return <p className="panel-nothing">{t('graph.nothing')}</p>
  const mean = speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length
  const seconds = (bytes.length * step) / 1000
  const top = niceTop(highest)
  const x = (index: number) => (speeds.length === 1 ? 0 : (index / (speeds.length - 1)) * WIDTH)
  const y = (speed: number) => HEIGHT - (speed / top) * HEIGHT
  const line = speeds.map((speed, index) => `${x(index).toFixed(1)},${y(speed).toFixed(1)}`).join(' L')
  const text = t('graph.text', {
    mean: formatSpeed(mean),
    highest: formatSpeed(highest),
    time: formatDuration(seconds),
  })
  return (
    <figure className="graph">
      <div className="graph-plot">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={text}>
          <path className="graph-grid" d={`M0,${HEIGHT / 2} H${WIDTH}`} />
          <path className="graph-area" d={`M0,${HEIGHT} L${line} L${WIDTH},${HEIGHT} Z`} />
          <path className="graph-line" d={`M${line}`} />
          <path className="graph-mean" d={`M0,${y(mean)} H${WIDTH}`} />
        </svg>
        <span className="graph-top numbers" aria-hidden="true">
          {formatSpeed(top)}
        </span>
        <span className="graph-half numbers" aria-hidden="true">
          {formatSpeed(top / 2)}
        </span>
      </div>
      <figcaption className="graph-caption numbers">{text}</figcaption>
    </figure>
  )
}

/** The next number above that is 1, 2 or 5 times a power of two of MiB: labels stay where they are. */
function niceTop(highest: number): number {
  const unit = 1024 ** Math.floor(Math.log(highest) / Math.log(1024))
  for (const factor of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]) if (factor * unit >= highest) return factor * unit
  return highest
}
