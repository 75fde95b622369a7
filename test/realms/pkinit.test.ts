import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Acceptor, Credential, Initiator, Name } from 'gssapi'
import { assertHint, failure } from '../helpers/failure'
import {
  converse,
  firstToken,
  type Pair,
  type PairOptions,
  MECHANISMS,
  newPair,
  SERVICE,
  withEnv,
} from '../helpers/handshake'
import { CertificateAuthority } from '../helpers/pki'
import { pkinitIdentity, usePkinitRealm } from '../helpers/pkinit-realm'

const ALICE = 'alice@EXAMPLE.TEST'
/** How one asks for an anonymous ticket, and who has it then (RFC 8062 §3). */
const ANONYMOUS_AT = 'WELLKNOWN/ANONYMOUS@EXAMPLE.TEST'
const ANONYMOUS = 'WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS'

/** PKINIT brings the system's OpenSSL into this process, beside node's own: also what both of them then do is looked at. */
describe('PKINIT', () => {
  const site = usePkinitRealm({
    principals: {
      alice: { password: 'white-Rabbit-7', attributes: ['+requires_preauth'] },
      carol: { password: 'dormouse-7', attributes: ['+requires_preauth'] },
      'WELLKNOWN/ANONYMOUS': true,
      nobody: 'x',
    },
    services: [SERVICE],
    kinit: 'nobody', // whose ticket must not be taken for another's
  })
  let confs = 0

  /** A krb5.conf of the realm, with relations before its own. */
  function conf(...relations: string[]): string {
    const { realm } = site()
    const file = join(realm.dir, `client-${confs++}.conf`)
    const own = `[libdefaults]\n ${relations.join('\n ')}\n`
    writeFileSync(file, `${own}\n${readFileSync(realm.krb5Conf, 'utf8')}`)
    return file
  }

  /** The krb5.conf of somebody with a certificate, and with nothing else to prove who it is. */
  function withIdentity(identity: string, ...relations: string[]): string {
    const { realm } = site()
    const alone = `[realms]\n ${realm.realm} = {\n  disable_encrypted_timestamp = true\n }\n`
    const file = conf(`pkinit_identities = ${identity}`, ...relations)
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n${alone}`)
    return file
  }

  const withCertificate = (user: string, ca = site().ca) =>
    withIdentity(pkinitIdentity(ca.user(user, 'EXAMPLE.TEST')))

  /** A krb5.conf that takes another CA for the KDC's. */
  function trusting(ca: CertificateAuthority, file: string): string {
    const text = readFileSync(file, 'utf8').replaceAll(site().ca.certificate, ca.certificate)
    writeFileSync(file, text)
    return file
  }

  async function handshake({ initiator, acceptor }: PairOptions): Promise<Pair> {
    const pair = {
      initiator: new Initiator({ target: SERVICE, ...initiator }),
      acceptor: new Acceptor(acceptor),
    }
    await converse(pair)
    assert.equal(pair.initiator.complete && pair.acceptor.complete, true)
    return pair
  }

  function assertProtects({ initiator, acceptor }: Pair): void {
    const { message, confidential } = acceptor.unwrap(initiator.wrap(Buffer.from('curiouser')))
    assert.equal(String(message), 'curiouser')
    assert.equal(confidential, true)
  }

  describe('a user with a certificate', () => {
    let alice = ''
    before(() => (alice = withCertificate('alice')))

    /** A password that is not hers: the certificate is what counts. */
    const acquire = (config: string, name = ALICE, mechanisms = ['krb5']) =>
      withEnv({ KRB5_CONFIG: config }, () =>
        Credential.acquire({ name, password: 'not it', mechanisms }),
      )

    for (const mechanism of MECHANISMS) {
      it(`${mechanism}: gets a ticket without a password, and initiates`, async () => {
        const credential = await acquire(alice, ALICE, [mechanism])
        const pair = await handshake({ initiator: { mechanism, credential } })
        assert.equal(String(pair.acceptor.initiatorName), ALICE)
        assert.equal(pair.acceptor.flags.anonymous, false)
        assertProtects(pair)
      })
    }

    it('does not become another user', async () => {
      const error = await failure(() => acquire(alice, 'carol@EXAMPLE.TEST'))
      assert.equal(error.code, 'GSS_S_NO_CRED')
      assert.equal(error.minorName, 'KRB5KDC_ERR_CLIENT_NAME_MISMATCH')
      assertHint(error, /certificate.*another/)
    })

    it('of a CA that the KDC does not know is refused by the KDC', async () => {
      const stranger = new CertificateAuthority(site().realm.dir, 'stranger')
      const both = join(site().realm.dir, 'both.pem')
      const files = [stranger.certificate, site().ca.certificate]
      writeFileSync(both, files.map((file) => readFileSync(file, 'utf8')).join(''))
      const file = withCertificate('alice', stranger)
      const text = readFileSync(file, 'utf8')
      writeFileSync(file, text.replaceAll(`FILE:${site().ca.certificate}`, `FILE:${both}`))
      const error = await failure(() => acquire(file))
      assert.equal(error.code, 'GSS_S_NO_CRED')
      assert.equal(error.minorName, 'KRB5KDC_ERR_CANT_VERIFY_CERTIFICATE')
      assertHint(error, /pkinit_anchors/)
    })

    it('notices at once that its own CA is not among those it knows', async () => {
      const stranger = new CertificateAuthority(site().realm.dir, 'unknown')
      const error = await failure(() => acquire(withCertificate('alice', stranger)))
      assert.equal(error.minorName, 'KRB5_PREAUTH_FAILED')
      assert.match(error.message, /verify own certificate/)
      assertHint(error, /pkinit_anchors/)
    })

    it('whose file is missing is told which', async () => {
      const error = await failure(() => acquire(withIdentity('FILE:/nowhere/alice.pem')))
      assert.equal(error.minorName, 'KRB5_PREAUTH_FAILED')
      assert.match(error.message, /\/nowhere\/alice\.pem/)
      assertHint(error, /pkinit_identities/)
    })

    it('of a library without the plugin is told what to install', async () => {
      const empty = join(site().realm.dir, 'no-plugins')
      mkdirSync(empty)
      const identity = pkinitIdentity(site().ca.user('alice', 'EXAMPLE.TEST'))
      const config = withIdentity(identity, `plugin_base_dir = ${empty}`)
      const error = await failure(() => acquire(config))
      assert.equal(error.code, 'GSS_S_NO_CRED')
      assert.equal(error.minorName, 'KRB5_PREAUTH_FAILED')
      assertHint(error, /krb5-pkinit/)
    })
  })

  describe('an anonymous initiator', () => {
    /** The principal is public: so would its password be, and none is looked at. */
    const acquire = (mechanisms?: string[]) =>
      Credential.acquire({
        name: ANONYMOUS_AT,
        password: 'none',
        ...(mechanisms === undefined ? {} : { mechanisms }),
      })

    for (const mechanism of MECHANISMS) {
      it(`${mechanism}: is nobody to the service, which knows that`, async () => {
        const credential = await acquire([mechanism])
        const initiator = { mechanism, credential, anonymous: true }
        const pair = await handshake({ initiator, acceptor: { allowAnonymous: true } })
        assert.equal(String(pair.acceptor.initiatorName), ANONYMOUS)
        assert.equal(pair.acceptor.initiatorName?.type, 'anonymous')
        assert.equal(pair.acceptor.initiatorName.equals(Name.anonymous()), true)
        assert.equal(pair.acceptor.flags.anonymous, true)
        assert.equal(pair.initiator.flags.anonymous, true)
        assertProtects(pair)
      })

      it(`${mechanism}: is let in by no acceptor that does not say so`, async () => {
        const credential = await acquire([mechanism])
        const others = { mutual: true, integrity: true, confidentiality: true }
        for (const acceptor of [
          {},
          { require: others },
          { require: { anonymous: false } },
          { require: { anonymous: false }, allowAnonymous: true },
        ]) {
          const pair = newPair({ initiator: { mechanism, credential }, acceptor })
          const token = await firstToken(pair.initiator)
          const error = await failure(() => pair.acceptor.step(token))
          assert.equal(error.code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
          assert.match(error.message, /granted but not allowed: anonymous/)
          assert.match(error.hint ?? '', /allowAnonymous/)
          assert.equal(pair.acceptor.complete, false)
          assert.throws(() => pair.acceptor.wrap(Buffer.from('m')), { code: 'ERR_GSS_DISPOSED' })
        }
      })

      it(`${mechanism}: no token goes out where the credential is somebody's`, async () => {
        const ccache = await site().realm.kinit('nobody', { ccache: 'known' })
        const credential = await Credential.acquire({ store: { ccache }, mechanisms: [mechanism] })
        const context = new Initiator({ target: SERVICE, mechanism, credential, anonymous: true })
        const error = await failure(() => context.step())
        assert.equal(error.code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
        assert.match(error.message, /anonymous/)
        assert.equal(error.token, undefined)
      })
    }

    it('no token goes out where SPNEGO could choose another user of the credential', async () => {
      const credential = await acquire(['krb5', 'spnego'])
      const options = { target: SERVICE, mechanism: 'spnego', credential, anonymous: true } as const
      for (const mutual of [true, false]) {
        const error = await failure(() => new Initiator({ ...options, mutual }).step())
        assert.equal(error.code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
      }
    })

    it('no token goes out where no credential is named, or the first token is the last', async () => {
      const ccache = await site().realm.kinit('nobody', { ccache: 'known' })
      const known = await Credential.acquire({ store: { ccache } })
      for (const credential of [undefined, known]) {
        for (const mutual of [true, false]) {
          const options = { target: SERVICE, credential, mutual, anonymous: true }
          const initiator = new Initiator(options)
          const error = await failure(() => initiator.step())
          assert.equal(error.code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
          assert.match(error.message, /anonymous/)
          assert.equal(initiator.complete, false)
        }
      }
    })

    it('a service that serves only who stays unknown serves it, and nobody else', async () => {
      const acceptor = { require: { anonymous: true } }
      const credential = await acquire()
      const pair = await handshake({ initiator: { credential, anonymous: true }, acceptor })
      assert.equal(pair.acceptor.complete, true)
      const store = { ccache: await site().realm.kinit('nobody', { ccache: 'known' }) }
      const known = { credential: await Credential.acquire({ store }) }
      const error = await failure(() => handshake({ initiator: known, acceptor }))
      assert.equal(error.code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
    })

    it('one leg is enough to stay unknown', async () => {
      const credential = await acquire()
      const pair = await handshake({
        initiator: { credential, anonymous: true, mutual: false },
        acceptor: { allowAnonymous: true },
      })
      assert.equal(pair.acceptor.flags.anonymous, true)
    })

    it('a ticket of kinit -n does as well', async () => {
      const ccache = await site().realm.kinit('@EXAMPLE.TEST', { anonymous: true, ccache: 'anon' })
      const credential = await Credential.acquire({ store: { ccache } })
      const acceptor = { allowAnonymous: true }
      const pair = await handshake({ initiator: { credential, anonymous: true }, acceptor })
      assert.equal(pair.acceptor.flags.anonymous, true)
    })

    it('does not believe a KDC of another CA', async () => {
      const stranger = new CertificateAuthority(site().realm.dir, 'forger')
      const KRB5_CONFIG = trusting(stranger, conf())
      const error = await failure(() => withEnv({ KRB5_CONFIG }, () => acquire()))
      assert.equal(error.code, 'GSS_S_NO_CRED')
    })

    it('a service can insist on it', async () => {
      const require = { anonymous: true }
      await handshake({ initiator: { credential: await acquire() }, acceptor: { require } })
      const error = await failure(() => handshake({ acceptor: { require } }))
      assert.equal(error.code, 'ERR_GSS_PROTECTION_NOT_GRANTED')
    })
  })

  describe('beside node’s own OpenSSL', () => {
    it('the library uses the system’s', () => {
      assert.match(readFileSync('/proc/self/maps', 'utf8'), /libcrypto\.so/)
    })

    it('node’s goes on working, and so does PKINIT after it, by turns and at once', async () => {
      const config = withCertificate('alice')
      for (let round = 0; round < 3; round++) {
        const work = withEnv({ KRB5_CONFIG: config }, () =>
          Promise.all(
            [1, 2, 3, 4].map(() => Credential.acquire({ name: ALICE, password: 'not it' })),
          ),
        )
        assertNodesCrypto()
        for (const credential of await work) {
          assertProtects(await handshake({ initiator: { credential } }))
        }
        assertNodesCrypto()
      }
    })
  })
})

/** A digest, and a signature made and verified. */
function assertNodesCrypto(): void {
  const digest = createHash('sha256').update('abc').digest('hex')
  assert.equal(digest, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signature = sign('sha256', Buffer.from('abc'), privateKey)
  assert.equal(verify('sha256', Buffer.from('abc'), publicKey, signature), true)
}
