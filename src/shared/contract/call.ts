import { z } from 'zod'

/** What all parts of the contract are made of. */

/** Stands for a folder that a dialog of the main process returned: the window never sends a path. */
export const folderTokenSchema = z.string().min(1).max(64)

/** Stands for a file that the user chose in a dialog or dropped onto the window. */
export const fileTokenSchema = z.string().min(1).max(64)

export const idsSchema = z.array(z.number().int().positive()).max(1_000_000)

export const queueIdSchema = z.number().int().positive()

/** ms since the epoch. */
export const instantSchema = z.number().int().nonnegative()

export const text = (max: number) => z.string().max(max)

export interface Call<I extends z.ZodType, O> {
  readonly input: I
  /** Carries the output type only; never read. */
  readonly output?: O
}

export const call = <O>() => {
  return <I extends z.ZodType>(input: I): Call<I, O> => ({ input })
}
