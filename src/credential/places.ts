/** Where tickets and keys are: the names of caches and keytabs, held to the moment at which they were given. */
import { isAbsolute, resolve } from 'node:path'
import { addon } from '../native'

/** Types whose rest is a path. 'DIR::' names one cache of a folder. */
const OF_A_PATH = /^(FILE:|WRFILE:|DIR::?|file2:)(.+)$/s

function absolutePath(path: string): string {
  if (isAbsolute(path)) return path
  try {
    return resolve(path)
  } catch {
    return path // the process's folder has been removed, and nothing is found in it now or later
  }
}

/**
 * The name of a cache or keytab, such that it means the same after process.chdir(): a library opens a file at each use. What is not
 * a path stays as it is.
 */
export function absolutePlace(name: string): string {
  const [, type, path] = OF_A_PATH.exec(name) ?? []
  if (type !== undefined && path !== undefined) return type + absolutePath(path)
  return name === '' || name.includes(':') ? name : absolutePath(name)
}

/** [KRB5CCNAME, KRB5_KTNAME, KRB5_CLIENT_KTNAME]: see {@link Addon.environment}. */
export function environment(): string[] {
  return addon().environment().map(absolutePlace)
}
