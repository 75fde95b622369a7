/**
 * The process's environment as C sees it. JavaScript's process.env is that environment in the main thread only, and only
 * until somebody puts another object in its place: worker threads, Jest and vitest have a copy, which no library reads.
 */
import { toGssError } from './errors'
import { addon } from '../native'
import { nonEmptyText, text } from './options'

/**
 * @internal For `gssapi/testing`. The value that the security library sees; null where the variable is not set.
 *
 * @throws GssError ERR_GSS_UNSUPPORTED on Windows, whose library asks for none
 */
export function readProcessVariable(name: string): string | null {
  const checked = nonEmptyText(name, 'name')
  try {
    return addon().readVariable(checked)
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

/**
 * @internal For `gssapi/testing`. Sets a variable for the security library, or takes it away (null), where it still is
 * `expected`; tells whether it was. C's environment has no lock for those who read it: no call may be running meanwhile,
 * in any thread, just as with an assignment to process.env.
 *
 * @throws GssError ERR_GSS_UNSUPPORTED on Windows
 */
export function swapProcessVariable(
  name: string,
  expected: string | null,
  value: string | null,
): boolean {
  const checked = nonEmptyText(name, 'name')
  const [from, to] = [expected, value].map((each) => (each === null ? null : text(each, 'value')))
  try {
    return addon().swapVariable(checked, from ?? null, to ?? null)
  } catch (thrown) {
    throw toGssError(thrown)
  }
}
