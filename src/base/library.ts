/** The security library in use, and the choice of another. */
import { toGssError } from './errors'
import { addon } from '../native'
import { integer, nonEmptyText, optionsOf } from './options'

/** The result of {@link library}. */
export interface LibraryInfo {
  /** 'gssapi' on Unix, 'sspi' on Windows. */
  backend: 'gssapi' | 'sspi'
  /** Whose library it is. */
  implementation: 'mit' | 'heimdal' | 'apple' | 'windows' | 'wine'
  /** The library's version: '1.20.1'; '' if it is not known. */
  version: string
  /** The file it was loaded from. */
  path: string
  /** The optional functions it has: 'gss_acquire_cred_from', 'gss_wrap_iov' … */
  features: string[]
}

/** Options of {@link configure}. */
export interface Configuration {
  /**
   * The GSSAPI library's file, a path or a name that the system's loader finds: '/opt/krb5/lib/libgssapi_krb5.so.2',
   * 'libgssapi.so.3' (Heimdal). Default: the environment's GSSAPI_LIBRARY, else the platform's.
   */
  library?: string
  /**
   * The most threads that may wait for a KDC at once, in the whole process, 1 to 1024. Default: the
   * environment's GSSAPI_THREADS, else chosen by the number of processors.
   */
  threads?: number
}

const MAX_THREADS = 1024

/**
 * Chooses the library's file and the size of the thread pool. Both belong to the process, so this comes
 * before anything else: the library is loaded at its first use, and stays.
 *
 * @throws GssError ERR_INVALID_STATE where a different library has been loaded already,
 *   ERR_GSS_LIBRARY_NOT_FOUND
 */
export function configure(options: Configuration): void {
  const given = optionsOf(options, ['library', 'threads'])
  const library = given.library === undefined ? '' : nonEmptyText(given.library, 'options.library')
  const threads =
    given.threads === undefined ? 0 : integer(given.threads, 'options.threads', 1, MAX_THREADS)
  try {
    if (library !== '') addon().selectLibrary(library)
    if (threads !== 0) addon().setThreads(threads)
  } catch (thrown) {
    throw toGssError(thrown)
  }
}

/**
 * Returns the security library in use; loads it first if necessary.
 *
 * @throws GssError ERR_GSS_LIBRARY_NOT_FOUND naming what was tried and what to install
 */
export function library(): LibraryInfo {
  try {
    return addon().library() as LibraryInfo
  } catch (thrown) {
    throw toGssError(thrown)
  }
}
