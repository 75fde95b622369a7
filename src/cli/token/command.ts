/** `gssapi token`. */
import { Asn1 } from '../asn1'
import { ALL_WELL, FAULT_FOUND } from '../failure'
import type { Answer, Surroundings } from '../surroundings'
import { decodeToken } from './decode'
import { readInput, tokenFromBytes, tokenFromText } from './input'

/** `given` is the token's text, or '-' for standard input. */
export async function tokenCommand(given: string, { stdin }: Surroundings): Promise<Answer> {
  const bytes = given === '-' ? tokenFromBytes(await readInput(stdin)) : tokenFromText(given)
  const { token, sound } = decodeToken(bytes, await Asn1.find())
  return { fields: token, exitCode: sound ? ALL_WELL : FAULT_FOUND }
}
