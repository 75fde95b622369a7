/** Programs and files of the system that only some tests need. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

// sbin is not in an ordinary user's PATH.
const FOLDERS = [
  ...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
  ...['/usr/local/sbin', '/usr/sbin', '/sbin'],
]

export function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((file) => existsSync(file))
}

export function programPath(name: string): string {
  const file = findProgram(name)
  if (file === undefined) throw new Error(`${name} is not installed`)
  return file
}

/** The first that exists. */
export const firstFile = (files: readonly string[]): string | undefined =>
  files.find((file) => existsSync(file))
