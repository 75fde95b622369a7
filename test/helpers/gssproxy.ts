/** A gssproxy for this process: GSS_USE_PROXY and its fellows must be set before the library looks for its mechanisms. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { library } from 'gssapi'
import type { Realm } from 'gssapi/testing'
import { packageRoot } from './addon'
import { Daemon, serverEnv } from './daemon'

const ARCH = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as string] ?? ''
/** As scripts/util/requirements.mjs: installed, or unpacked by `npm run setup -- test`. */
const UNPACKED = join(packageRoot, '.cache', 'unpacked')
const LIBRARIES = join(UNPACKED, 'usr', 'lib', ARCH)

const first = (files: string[]) => files.find((file) => existsSync(file))
const daemon = first(['/usr/sbin/gssproxy', join(UNPACKED, 'usr', 'sbin', 'gssproxy')])
const interposer = first(
  [`/usr/lib/${ARCH}`, '/usr/lib64', '/usr/lib', LIBRARIES].map((folder) =>
    join(folder, 'gssproxy', 'proxymech.so'),
  ),
)

/** Why there is no gssproxy here; false where there is. */
export const noGssproxy: string | false =
  library().implementation !== 'mit'
    ? 'gssproxy is an interposer for MIT krb5'
    : (daemon === undefined || interposer === undefined) && 'gssproxy is not there'

/** The interposer's object identifier. */
export const INTERPOSER = '2.16.840.1.113730.3.8.15.1'

export interface ProxyService {
  realm: Realm
  /** Lines of the service's section in gssproxy.conf, beside `mechs` and `euid`. */
  section: (dir: string) => readonly string[]
}

/**
 * Call it in a `describe` of a file that has asked for no mechanism yet: its process then reaches its keys and tickets
 * through a gssproxy alone. The variables stay as they are to the end of the process, as in a service.
 */
export function useGssproxy(service: () => ProxyService): () => Daemon {
  let proxy: Daemon | undefined

  before('start gssproxy, and hide the keys from this process', async () => {
    if (noGssproxy !== false) return
    const { realm, section } = service()
    proxy = await start(realm)
    const { dir } = proxy
    const lines = ['mechs = krb5', `euid = ${process.geteuid!()}`, ...section(dir)]
    writeFileSync(join(dir, 'conf'), ['[gssproxy]', '[service/test]', ...lines, ''].join('\n'))
    writeFileSync(join(dir, 'mech'), `gssproxy_v1 ${INTERPOSER} ${interposer} <interposer>\n`)
    const socket = join(dir, 'socket')
    await proxy.serve({ path: socket })
    Object.assign(process.env, {
      GSS_USE_PROXY: 'yes',
      GSS_MECH_CONFIG: join(dir, 'mech'),
      GSSPROXY_SOCKET: socket,
      KRB5_KTNAME: join(dir, 'no-keytab-of-this-process'),
      KRB5CCNAME: `FILE:${join(dir, 'client-cache')}`,
    })
  })

  after('end gssproxy', () => proxy?.end())

  return () => {
    if (!proxy) throw new Error('gssproxy lives only while the tests of its suite run')
    return proxy
  }
}

function start(realm: Realm): Promise<Daemon> {
  return Daemon.create({
    name: 'gssproxy',
    command: (dir) => [daemon!, '-i', '-c', `${dir}/conf`, '-s', `${dir}/socket`],
    env: { ...serverEnv(), ...realm.env, LD_LIBRARY_PATH: LIBRARIES },
  })
}
