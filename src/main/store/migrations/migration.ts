/** One step of the schema. */
export interface Migration {
  /** The schema's version after this step; the steps are numbered 1, 2, 3, … */
  readonly version: number
  readonly name: string
  readonly sql: string
}
