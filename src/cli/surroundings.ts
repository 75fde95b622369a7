/** What a command reads from outside, and what it answers. */
import type { Fields } from './values'

export interface Surroundings {
  stdin: AsyncIterable<Uint8Array>
  /** Process.env. */
  env: Readonly<Record<string, string | undefined>>
}

export interface Answer {
  fields: Fields
  exitCode: number
  /** For people, where it is not what the fields look like. */
  text?: string
}
