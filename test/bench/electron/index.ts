import type { Case } from '../bench'
import { idle } from './idle'
import { speed } from './speed'
import { start } from './start'

/** The cases in a real Electron, with the production build. */
export const electronCases: readonly Case[] = [speed, start, idle]
