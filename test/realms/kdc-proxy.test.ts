import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Credential } from 'gssapi'
import { assertHint, failure } from '../helpers/failure'
import { ALICE, established, MECHANISMS, PASSWORD, SERVICE, withEnv } from '../helpers/handshake'
import { KdcProxy } from '../helpers/kdc-proxy'
import { CertificateAuthority } from '../helpers/pki'
import { findProgram, firstFile } from '../helpers/programs'
import { skipSuite, useRealm } from '../helpers/realm'

const PLUGIN = firstFile(
  ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'].map(
    (folder) => `${folder}/krb5/plugins/tls/k5tls.so`,
  ),
)

const principals = { alice: { password: PASSWORD, attributes: ['+requires_preauth'] } }

/** The only way to the KDC is the proxy's: krb5.conf names no other. */
describe('a KDC behind an HTTPS proxy (MS-KKDCP)', () => {
  before('look for the plugin', function () {
    if (PLUGIN === undefined) skipSuite(this, 'krb5-k5tls is not installed')
    if (!findProgram('openssl')) skipSuite(this, 'openssl is not installed')
  })
  const realm = useRealm({ principals, services: [SERVICE] })
  let ca: CertificateAuthority
  let proxy: KdcProxy
  const running: KdcProxy[] = []
  let files = 0

  before(async () => {
    ca = new CertificateAuthority(realm().dir, 'proxy')
    proxy = await startProxy('localhost')
  })
  after(() => Promise.all(running.map((each) => each.stop())))

  async function startProxy(host: string): Promise<KdcProxy> {
    const started = await KdcProxy.start(ca.webServer(host), realm().kdcPort)
    running.push(started)
    return started
  }

  beforeEach(() => {
    proxy.asked.length = 0
    proxy.failWith = undefined
  })

  /** The realm's krb5.conf with the proxy in the KDC's place. */
  function conf(url = proxy.url('localhost'), anchors = ca.certificate): string {
    const file = join(realm().dir, `proxied-${files++}.conf`)
    const text = readFileSync(realm().krb5Conf, 'utf8')
    writeFileSync(
      file,
      text.replace(/kdc = 127\.0\.0\.1:\d+/, `kdc = ${url}\n  http_anchors = FILE:${anchors}`),
    )
    return file
  }

  const through = <T>(KRB5_CONFIG: string, body: () => Promise<T>) => withEnv({ KRB5_CONFIG }, body)
  const acquire = (mechanisms = ['krb5']) =>
    Credential.acquire({ name: ALICE, password: PASSWORD, mechanisms })

  for (const mechanism of MECHANISMS) {
    it(`${mechanism}: ticket and service ticket come through it, and the context protects`, async () => {
      await through(conf(), async () => {
        const credential = await acquire([mechanism])
        const { initiator, acceptor } = await established({ initiator: { credential, mechanism } })
        assert.equal(String(acceptor.initiatorName), ALICE)
        const { message } = acceptor.unwrap(initiator.wrap(Buffer.from('by way of HTTPS')))
        assert.equal(String(message), 'by way of HTTPS')
      })
      assert.ok(proxy.asked.length >= 3) // twice for the ticket (preauthentication), once for the service's
      for (const { contentType, realm: target } of proxy.asked) {
        assert.equal(contentType, 'application/kerberos')
        assert.equal(target, 'EXAMPLE.TEST')
      }
    })
  }

  it('many at once', async () => {
    await through(conf(), async () => {
      const credentials = await Promise.all(Array.from({ length: 8 }, () => acquire()))
      const pairs = await Promise.all(
        credentials.map((credential) => established({ initiator: { credential } })),
      )
      for (const { acceptor } of pairs) assert.equal(String(acceptor.initiatorName), ALICE)
    })
  })

  it('errors of the KDC come through as well', async () => {
    const error = await failure(() =>
      through(conf(), () => Credential.acquire({ name: 'mallory@EXAMPLE.TEST', password: 'x' })),
    )
    assert.equal(error.minorName, 'KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN')
  })

  it('the event loop goes on while the proxy, which runs on it, is waited for', async () => {
    let turns = 0
    const ticking = setInterval(() => turns++, 1)
    await through(conf(), () => acquire())
    clearInterval(ticking)
    assert.ok(turns > 0)
  })

  /** There is no way to the KDC: what is to be looked at stands in the hint. */
  async function assertUnreachable(file: string): Promise<void> {
    const error = await failure(() => through(file, () => acquire()))
    assert.equal(error.code, 'GSS_S_NO_CRED')
    assert.equal(error.minorName, 'KRB5_KDC_UNREACH')
    assertHint(error, /http_anchors.*krb5-k5tls/)
  }

  it('a proxy whose certificate is of another CA is not spoken to', async () => {
    const stranger = new CertificateAuthority(realm().dir, 'stranger')
    await assertUnreachable(conf(undefined, stranger.certificate))
    assert.equal(proxy.asked.length, 0)
  })

  it('nor one whose certificate is another host’s', async () => {
    const elsewhere = await startProxy('elsewhere.test')
    await assertUnreachable(conf(elsewhere.url('localhost')))
    assert.equal(elsewhere.asked.length, 0)
  })

  it('nor any where the file of the CAs is missing', async () => {
    await assertUnreachable(conf(undefined, '/nowhere/ca.pem'))
    assert.equal(proxy.asked.length, 0)
  })

  it('a proxy that answers with an error of its own is no KDC', async () => {
    proxy.failWith = 503
    await assertUnreachable(conf())
    assert.ok(proxy.asked.length > 0)
  })

  it('a library without the plugin is told what to install', async () => {
    const file = conf()
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, `[libdefaults]\n plugin_base_dir = ${realm().dir}\n${text}`)
    await assertUnreachable(file)
    assert.equal(proxy.asked.length, 0)
  })
})
