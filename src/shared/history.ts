import { z } from 'zod'

/** Where a page of the history ends. */
export const historyPlaceSchema = z.strictObject({
  /** When that download finished, ms since the epoch. */
  at: z.number(),
  id: z.number().int().positive(),
})
export type HistoryPlace = z.infer<typeof historyPlaceSchema>

/** Completed downloads on one page. */
export const historyPage = 100
/** Completed downloads that the list of the window has; the others are in the history only. */
export const listedFinished = 5000

/** People search for what they read: width and case of letters do not matter. */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
