/** A realm whose KDC takes certificates (PKINIT, RFC 4556), and gives anonymous tickets (RFC 8062). */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Realm } from 'gssapi/testing'
import { CertificateAuthority, type Identity } from './pki'
import { findProgram, firstFile } from './programs'
import { skipSuite, useRealm, type SuiteRealmOptions } from './realm'

const PLUGIN = firstFile(
  ['x86_64-linux-gnu/', 'aarch64-linux-gnu/', '']
    .flatMap((folder) => [`/usr/lib/${folder}`, `/usr/lib64/${folder}`])
    .map((folder) => `${folder}krb5/plugins/preauth/pkinit.so`),
)

/** Why there is no PKINIT here. */
export function pkinitGap(): string | undefined {
  if (PLUGIN === undefined) return 'krb5-pkinit is not installed'
  return findProgram('openssl') ? undefined : 'openssl is not installed'
}

export const pkinitIdentity = ({ certificate, key }: Identity): string =>
  `FILE:${certificate},${key}`

/** The realm's certificates; its krb5.conf names the CA, and leaves the user's own to the tests. */
export function usePkinitRealm(options: SuiteRealmOptions): () => {
  realm: Realm
  ca: CertificateAuthority
} {
  before('look for PKINIT', function () {
    const gap = pkinitGap()
    if (gap !== undefined) skipSuite(this, gap)
  })
  const realm = useRealm(options)
  let ca: CertificateAuthority | undefined

  before('certificates for the realm', async () => {
    ca = new CertificateAuthority(realm().dir, 'realm')
    await enable(realm(), ca)
  })

  return () => ({ realm: realm(), ca: ca! })
}

async function enable(realm: Realm, ca: CertificateAuthority): Promise<void> {
  const kdc = ca.kdc(realm.realm)
  const relations = `  pkinit_identity = ${pkinitIdentity(kdc)}\n  pkinit_anchors = FILE:${ca.certificate}\n`
  appendFileSync(join(realm.dir, 'kdc.conf'), `\n[realms]\n ${realm.realm} = {\n${relations} }\n`)
  appendFileSync(
    realm.krb5Conf,
    `\n[realms]\n ${realm.realm} = {\n  pkinit_anchors = FILE:${ca.certificate}\n }\n`,
  )
  await realm.stopKdc()
  await realm.startKdc()
}
