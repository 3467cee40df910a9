/** Moments as the fields of the window have them: the clock on the wall of this computer, without its zone. */

const two = (value: number) => String(value).padStart(2, '0')

/** @param at ms since the epoch; `null` for none */
export function toField(at: number | null): string {
  if (at === null) return ''
  const date = new Date(at)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/** @returns ms since the epoch; `null` for an empty field */
export function fromField(text: string): number | null {
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : at
}

/** @param minute of the day */
export function toTimeField(minute: number): string {
  const whole = minute % (24 * 60)
  return `${two(Math.floor(whole / 60))}:${two(whole % 60)}`
}

/** @returns minute of the day; `null` for an empty field */
export function fromTimeField(text: string): number | null {
  const match = /^(\d\d):(\d\d)/.exec(text)
  return match ? Number(match[1]) * 60 + Number(match[2]) : null
}
