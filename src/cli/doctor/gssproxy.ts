/** gssproxy: where its module stands in krb5's place, its configuration decides, and no keytab or ticket of this process. */
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, isAbsolute, join } from 'node:path'
import { Credential, library, Name, proxyAdvice } from '../..'
import type { Surroundings } from '../surroundings'
import { type Check, failed, failedBy, ok, skipped, warning, within } from './check'
import type { Profile } from './profile'

const CHECK = 'gssproxy'
const SOCKET = '/var/lib/gssproxy/default.sock'
const ANSWER_TIME = 3000
const INTERPOSER = /^\s*\S+\s+2\.16\.840\.1\.113730\.3\.8\.15\.1\s+(\S+).*<interposer>/m
/** As gssproxy reads a truth. */
const TRUE = /^(?:1|on|true|yes)$/i

type Env = Surroundings['env']

/** The files that name the library's further mechanisms. */
function mechanismFiles(env: Env): string[] {
  const named = env['GSS_MECH_CONFIG']
  if (named !== undefined) return [named]
  const folder = '/etc/gss/mech.d'
  const names = existsSync(folder) ? readdirSync(folder) : []
  const files = names.filter((name) => name.endsWith('.conf')).map((name) => join(folder, name))
  return ['/etc/gss/mech', ...files]
}

function interposer(files: string[]): string | undefined {
  for (const file of files) {
    try {
      const module = INTERPOSER.exec(readFileSync(file, 'utf8'))?.[1]
      if (module !== undefined) return module
    } catch {
      // The library leaves out what it cannot read, too.
    }
  }
  return undefined
}

function connects(path: string): Promise<void> {
  const socket = connect(path)
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return within(ANSWER_TIME, connected).finally(() => socket.destroy())
}

async function checkSocket(path: string): Promise<Check> {
  try {
    await connects(path)
    return ok(CHECK, `it has this process's keys and tickets, and listens at ${path}`)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const found = `${path}: ${code ?? message}`
    if (code === 'EACCES') {
      return failed(CHECK, found, "Let this process's user reach gssproxy's socket.")
    }
    const advice =
      'Start gssproxy (systemctl enable --now gssproxy); where its socket is another one (socket = … in /etc/gssproxy), name that in GSSPROXY_SOCKET.'
    return failed(CHECK, found, advice)
  }
}

const uid = process.getuid?.() ?? 0

/** The module writes a sealed reference to the daemon's ticket there, and acquires nothing where it cannot. */
function checkCache(env: Env, profile: Profile): Check {
  const set = env['KRB5CCNAME'] ?? profile.libdefault('default_ccache_name')
  const name = (set ?? 'FILE:/tmp/krb5cc_%{uid}').replaceAll(/%\{(?:euid|uid|USERID)\}/g, `${uid}`)
  const [, type = 'FILE', path = name] = /^([A-Z]+):(.*)$/.exec(name) ?? []
  if (!['FILE', 'WRFILE', 'DIR'].includes(type))
    return skipped('ticket cache', `${name} is no file`)
  const file = path.replace(/^:/, '') // DIR::file is one of a folder's
  const folder = type === 'DIR' && existsSync(path) ? path : dirname(file)
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return ok('ticket cache', `${name} can be written`)
  } catch (error) {
    const found = `${name}: ${folder}: ${(error as NodeJS.ErrnoException).code}`
    const advice =
      "Name a file in a folder that this process may write in KRB5CCNAME (systemd: RuntimeDirectory=web, Environment=KRB5CCNAME=FILE:/run/web/krb5cc). gssproxy's module keeps its reference to the ticket there."
    return failed('ticket cache', found, advice)
  }
}

/** What stands in the way to gssproxy; no checks where the library does not go there. */
export async function checkProxy(
  env: Env,
  profile: Profile,
): Promise<{ checks: Check[]; proxied: boolean; reached: boolean }> {
  const wanted = library().implementation === 'mit' && TRUE.test(env['GSS_USE_PROXY'] ?? '')
  if (!wanted || env['GSSPROXY_BEHAVIOR'] === 'LOCAL_ONLY') {
    return { checks: [], proxied: false, reached: false }
  }
  const files = mechanismFiles(env)
  const module = interposer(files)
  if (module === undefined || (isAbsolute(module) && !existsSync(module))) {
    const found =
      module === undefined
        ? `GSS_USE_PROXY is set, but none of ${files.join(', ')} names gssproxy's module`
        : `GSS_USE_PROXY is set, but gssproxy's module ${module} is not there`
    const advice =
      'Install gssproxy, or unset GSS_USE_PROXY: this process uses its own keytab and tickets so far.'
    return { checks: [warning(CHECK, found, advice)], proxied: false, reached: false }
  }
  const socket = await checkSocket(env['GSSPROXY_SOCKET'] ?? SOCKET)
  const checks = [socket, checkCache(env, profile)]
  return { checks, proxied: true, reached: socket.status === 'ok' }
}

/** Whose keys gssproxy has for this process; no keytab is read. */
export async function checkProxiedKeys(
  signal: AbortSignal,
): Promise<{ check: Check; name?: Name }> {
  try {
    const credential = await Credential.acquire({ usage: 'accept', mechanisms: ['krb5'], signal })
    const { name } = await credential.inquire({ mechanism: 'krb5', signal })
    if (name === null) return { check: ok('keytab', 'gssproxy has keys for this process') }
    return { check: ok('keytab', `gssproxy has the keys of ${String(name)}`), name }
  } catch (error) {
    return { check: failedBy('keytab', error, proxyAdvice.noKey) }
  }
}

/** Whether gssproxy has the key of that principal. */
export async function hasProxiedKey(principal: string, signal: AbortSignal): Promise<boolean> {
  const name = Name.principal(principal)
  const acquired = Credential.acquire({ usage: 'accept', name, mechanisms: ['krb5'], signal })
  const credential = await acquired.catch(() => null)
  credential?.dispose()
  return credential !== null
}
