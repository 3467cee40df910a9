import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

/** Where a window was. */
const placeSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(1).max(32_768),
  height: z.number().int().min(1).max(32_768),
  maximized: z.boolean(),
})
export type Place = z.infer<typeof placeSchema>

interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Pixels of the title that must be on a screen, so that the window can be moved with the mouse. */
const grip = { width: 120, height: 24 }

/**
 * Whether a window at that place could be reached: screens come and go.
 * @param screens work areas of all screens
 */
export function reachable(place: Area, screens: readonly Area[]): boolean {
  return screens.some((screen) => {
    const width = Math.min(place.x + place.width, screen.x + screen.width) - Math.max(place.x, screen.x)
    const top = place.y >= screen.y - 8 && place.y + grip.height <= screen.y + screen.height
    return width >= grip.width && top
  })
}

/** @returns `null` when there is none, or it cannot be read */
export function readPlace(file: string): Place | null {
  try {
    return placeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

/** Losing it does no harm, so a failure is none. */
export function writePlace(file: string, place: Place): void {
  try {
    writeFileSync(file, JSON.stringify(place), { mode: 0o600 })
  } catch {
    // a full disk
  }
}
