/** gss-ntlmssp for this process alone: GSS_MECH_CONFIG must be set before the library looks for its mechanisms. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { library } from 'gssapi'
import { packageRoot } from './addon'

const ARCH = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as string]
const FILE = join('gssntlmssp', 'gssntlmssp.so')
/** As scripts/util/requirements.mjs: installed, or unpacked by `npm run setup -- test`. */
const FILES = [
  ...[`/usr/lib/${ARCH}`, '/usr/lib64', '/usr/lib', '/usr/local/lib'],
  join(packageRoot, '.cache', 'unpacked', 'usr', 'lib', ARCH ?? ''),
].map((folder) => join(folder, FILE))

export const ntlmssp = FILES.find((file) => existsSync(file))

/** Why there is no NTLM here; false where there is. */
export const noNtlm: string | false =
  library().implementation !== 'mit'
    ? 'gss-ntlmssp is a mechanism for MIT krb5'
    : ntlmssp === undefined && 'gss-ntlmssp is not there'

/**
 * Call it in a `describe` of a file that has asked for no mechanism yet: its process then has NTLM, with these users
 * ('DOMAIN:user:password').
 */
export function useNtlm(users: readonly string[]): void {
  let dir: string | undefined
  before('name gss-ntlmssp to this process', () => {
    if (ntlmssp === undefined) return
    dir = mkdtempSync(join(tmpdir(), 'gssapi-ntlm-'))
    const config = join(dir, 'mech')
    const accounts = join(dir, 'users')
    writeFileSync(config, `gssntlmssp_v1 1.3.6.1.4.1.311.2.2.10 ${ntlmssp}\n`)
    writeFileSync(accounts, `${users.join('\n')}\n`, { mode: 0o600 })
    process.env['GSS_MECH_CONFIG'] = config
    process.env['NTLM_USER_FILE'] = accounts
  })
  after('take its files away', () => {
    if (dir !== undefined) rmSync(dir, { recursive: true })
  })
}
