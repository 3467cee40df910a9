import { t, type MessageKey } from '../text'

/**
 * Names that time zones have today, by those that browsers still give out: ICU keeps the first name that a zone ever had
 * (tz database, file `backward`).
 */
const renamed: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
}

export interface Zone {
  /** As the tz database has it today. */
  readonly name: string
  /** The part of the world; `null` for UTC. */
  readonly group: string | null
  /** Within its group. */
  readonly label: string
}

const regions = [
  'Africa',
  'America',
  'Antarctica',
  'Arctic',
  'Asia',
  'Atlantic',
  'Australia',
  'Europe',
  'Indian',
  'Pacific',
] as const satisfies readonly (MessageKey extends infer K ? (K extends `zone.${infer R}` ? R : never) : never)[]

/** The name that a zone has today; older ones, also stored ones, lead to it. */
export function currentZone(name: string): string {
  const today = renamed[name]
  return today !== undefined && isKnown(today) ? today : name
}

function isKnown(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/**
 * Every zone that can be chosen, UTC first, then by parts of the world and names.
 * @param stored one that is to be among them, whatever it is called; `null` for none
 */
export function allZones(stored: string | null): readonly Zone[] {
  const names = [...Intl.supportedValuesOf('timeZone'), ...(stored === null ? [] : [stored])].map(currentZone)
  const zones = [...new Set(names)].filter((name) => name !== 'UTC').map(zoneOf)
  const order = ({ group, label }: Zone) => `${group ?? ''}\n${label}`
  return [{ name: 'UTC', group: null, label: 'UTC' }, ...zones.sort((a, b) => order(a).localeCompare(order(b)))]
}

function zoneOf(name: string): Zone {
  const [region = '', ...places] = name.split('/')
  const known = regions.find((each) => each === region)
  if (known === undefined || places.length === 0) return { name, group: null, label: name }
  return { name, group: t(`zone.${known}`), label: places.join(' / ').replaceAll('_', ' ') }
}
