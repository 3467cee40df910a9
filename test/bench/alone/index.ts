import type { Case } from '../bench'
import { active } from './active'
import { checkpoints } from './checkpoints'
import { large } from './large'
import { limits } from './limits'
import { stored } from './stored'

/** The cases in which no other program takes part. */
export const aloneCases: readonly Case[] = [checkpoints, large, limits, active, stored]
