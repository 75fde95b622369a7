/** Which copy of the package an object is of: a process may hold several, and none follows another's objects. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A copy as it tells of itself; asked only where a message needs it, since a bundle may have neither. */
interface Copy {
  readonly version: string
  readonly path: string
}

const COPY = Symbol.for('gssapi.copy')

function told(read: () => string): string {
  try {
    return read()
  } catch {
    return 'unknown'
  }
}

const home = () => dirname(dirname(__dirname))

const own: Copy = Object.freeze({
  get version() {
    return told(() => {
      const text = readFileSync(join(home(), 'package.json'), 'utf8')
      return (JSON.parse(text) as { version: string }).version
    })
  },
  get path() {
    return told(home)
  },
})

/** Marks a class's objects as this copy's. */
export function markCopy(prototype: object): void {
  Object.defineProperty(prototype, COPY, { value: own })
}

/** What to add to a message about an object of another copy; '' for any other value. */
export function ofAnotherCopy(value: object): string {
  const copy = (value as { [COPY]?: Copy })[COPY]
  if (copy === undefined || copy === own) return ''
  const shown = ({ version, path }: Copy) => `${version} in ${path}`
  if (copy.path === own.path) {
    return ` of the same package loaded twice (${shown(own)}): pass only what this module's own import made`
  }
  const advice = 'have the package installed once (npm ls gssapi, npm dedupe)'
  return ` of another copy of gssapi: ${shown(copy)}, while this one is ${shown(own)}; ${advice}`
}
