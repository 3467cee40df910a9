import { powerMonitor } from 'electron'
import { isMetered } from './metered'

/** Of what the computer lives: battery or mains, and whether its network is paid by the byte. */
export interface Supply {
  readonly battery: boolean
  readonly metered: boolean
}

/** ms between two looks while a setting wants to know: Linux tells of no change. On Windows a look starts a PowerShell. */
const interval = process.platform === 'win32' ? 60_000 : 15_000

export interface SupplyWatch {
  /** What is wanted to be known; nobody looks for anything else. */
  want(wanted: Supply): void
  close(): void
}

/** @param tell called when it has changed, and after the first look */
export function watchSupply(tell: (supply: Supply) => void): SupplyWatch {
  let wanted: Supply = { battery: false, metered: false }
  let told: Supply = { battery: false, metered: false }
  let timer: NodeJS.Timeout | null = null

  const look = async () => {
    const found: Supply = {
      battery: wanted.battery && powerMonitor.isOnBatteryPower(),
      metered: wanted.metered && (await isMetered()),
    }
    if (found.battery === told.battery && found.metered === told.metered) return
    told = found
    tell(found)
  }
  const now = () => void look()
  // Only macOS and Windows tell.
  powerMonitor.on('on-ac', now)
  powerMonitor.on('on-battery', now)
  powerMonitor.on('resume', now)
  const stop = () => {
    if (timer) clearInterval(timer)
    timer = null
  }
  return {
    want(next) {
      if (next.battery === wanted.battery && next.metered === wanted.metered) return
      wanted = next
      stop()
      if (wanted.battery || wanted.metered) timer = setInterval(now, interval)
      now()
    },
    close() {
      stop()
      powerMonitor.off('on-ac', now)
      powerMonitor.off('on-battery', now)
      powerMonitor.off('resume', now)
    },
  }
}
