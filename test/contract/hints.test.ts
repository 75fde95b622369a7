/** Each situation of docs/errors.md's table of hints is provoked, with krb5 and under SPNEGO, and its whole hint compared. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import {
  Acceptor,
  Credential,
  Initiator,
  library,
  type Mechanism,
  renewTicket,
  verifyPassword,
} from 'gssapi'
import { Realm } from 'gssapi/testing'
import { externalKdc } from '../helpers/external-realm'
import { krbError, krbErrorToken, withFakeKdc } from '../helpers/fake-kdc'
import {
  delay,
  established,
  failure,
  firstToken,
  HOST,
  onHeimdal,
  PASSWORD,
  SERVICE,
  withEnv,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const OTHER = `other@${HOST}`
const WITH_PASSWORD =
  'The password is wrong, or not the password any longer: check it, with the user and the realm.'
const KINIT = "run kinit, or name a cache or a client keytab in the credential's store."
const KLIST =
  "check that the file exists, is a keytab that this user can read, and holds the service's principal (klist -k)."
const ACCOUNT = 'its administrator must'

const noTicket = (place: string, whose = '') =>
  `There is no usable ticket${whose} in ${place}: ${KINIT}`
const noKeytab = (place: string) => `The service's key could not be read from ${place}: ${KLIST}`
const notWritten = (cache: string) =>
  `The credential cache ${cache} cannot be written: check that its folder exists, that this user may write there, and that the disk is not full.`

const TYPES =
  "name another (FILE:, DIR:, KEYRING:, MEMORY:), in KRB5CCNAME or the credential's store."
const KCM =
  "The KCM server, which keeps the tickets, does not answer: start it (systemctl start sssd-kcm.socket), in a container mount its socket, or name another cache, in KRB5CCNAME or the credential's store."

describe('hints', function () {
  const realm = useRealm({
    principals: {
      alice: PASSWORD,
      guarded: { password: PASSWORD, attributes: ['+requires_preauth'] },
      locked: { password: PASSWORD, attributes: ['-allow_tix'] },
    },
    services: [SERVICE, OTHER],
    kinit: 'alice',
  })
  const unlike = library().backend === 'sspi' || onHeimdal || externalKdc() !== undefined
  before('only MIT has these statuses, and the KDC is changed here', function () {
    if (unlike) this.skip()
  })

  const file = (name: string) => `FILE:${realm().dir}/${name}`
  const begin = (mechanism: Mechanism, target = SERVICE) => new Initiator({ target, mechanism })
  const step = (mechanism: Mechanism, target = SERVICE) => begin(mechanism, target).step()
  const token = (mechanism: Mechanism, target = SERVICE) => firstToken(begin(mechanism, target))
  const accept = async (mechanism: Mechanism, options: object, target = SERVICE) => {
    const credential = await Credential.acquire({ usage: 'accept', ...options })
    return new Acceptor({ credential }).step(await token(mechanism, target))
  }

  type Run = (mechanism: Mechanism) => Promise<unknown>
  const acquire =
    (options: () => object): Run =>
    (mechanism) =>
      Credential.acquire({ mechanisms: [mechanism], ...options() })

  function hinted(
    title: string,
    minorName: string | undefined,
    hint: string | (() => string),
    run: Run,
  ) {
    for (const mechanism of ['krb5', 'spnego'] as const) {
      it(`${title} (${mechanism})`, async () => {
        const error = await failure(() => run(mechanism))
        assert.equal(error.minorName, minorName, error.message)
        assert.equal(error.hint, typeof hint === 'string' ? hint : hint())
      })
    }
  }

  describe('no ticket', () => {
    hinted(
      'in the default cache',
      'KRB5_CC_NOTFOUND',
      () => noTicket(file('a b c')),
      (mechanism) => withEnv({ KRB5CCNAME: file('a b c') }, () => step(mechanism)),
    )
    hinted(
      'in the cache of a store',
      'KRB5_FCC_NOFILE',
      () => noTicket(file('no ticket')),
      acquire(() => ({ store: { ccache: file('no ticket') } })),
    )
    hinted(
      'of the name',
      'KRB5_CC_NOTFOUND',
      () => noTicket('the credential cache', ' of nobody'),
      acquire(() => ({ name: 'nobody' })),
    )
    hinted(
      'that has not expired',
      'KRB5KRB_AP_ERR_TKT_EXPIRED',
      'The ticket has expired: run kinit again; a service that outlives its tickets uses RenewingCredential, which gets new ones in time.',
      async (mechanism) => {
        const KRB5CCNAME = await realm().kinit('alice', {
          lifetime: 1,
          ccache: `short-${mechanism}`,
        })
        await delay(2100)
        await withEnv({ KRB5CCNAME }, () => step(mechanism))
      },
    )
    hinted('without the KCM server', 'KRB5_KCM_NO_SERVER', KCM, (mechanism) =>
      withEnv({ KRB5CCNAME: 'KCM:' }, () => step(mechanism)),
    )
    hinted(
      'without the KCM server, by a store',
      'KRB5_KCM_NO_SERVER',
      KCM,
      acquire(() => ({ store: { ccache: 'KCM:' } })),
    )
    hinted(
      'in a cache of an unknown type',
      'KRB5_CC_UNKNOWN_TYPE',
      `This library has no such type of credential cache as that of BOGUS:x: ${TYPES}`,
      acquire(() => ({ store: { ccache: 'BOGUS:x' } })),
    )
    hinted(
      'in a default cache of an unknown type',
      'KRB5_CC_UNKNOWN_TYPE',
      `This library has no such type of credential cache as that of BOGUS:x: ${TYPES}`,
      (mechanism) => withEnv({ KRB5CCNAME: 'BOGUS:x' }, () => step(mechanism)),
    )
    hinted(
      'in a default cache of an unknown type, acquired',
      'KRB5_CC_UNKNOWN_TYPE',
      `This library has no such type of credential cache as that of BOGUS:x: ${TYPES}`,
      (mechanism) =>
        withEnv({ KRB5CCNAME: 'BOGUS:x' }, () => Credential.acquire({ mechanisms: [mechanism] })),
    )
    hinted(
      'in a damaged cache',
      'KRB5_CC_FORMAT',
      () =>
        `The credential cache ${file('damaged')} is damaged or of an unknown format: remove it with kdestroy and run kinit.`,
      (mechanism) => {
        writeFileSync(`${realm().dir}/damaged`, Buffer.from('0504ffff', 'hex'))
        return Credential.acquire({ mechanisms: [mechanism], store: { ccache: file('damaged') } })
      },
    )
  })

  describe('a client keytab', () => {
    const NO_KEY = (keytab: string) =>
      `No key to log on with could be read from the client keytab ${keytab}: check that the file exists, is a keytab that this user can read, and holds the key of the principal to log on as (klist -k); where there are several, give the name.`
    hinted(
      'that is not there',
      'KRB5_FCC_NOFILE',
      () => NO_KEY(file('no.keytab')),
      acquire(() => ({
        name: 'alice',
        store: { clientKeytab: file('no.keytab'), ccache: 'MEMORY:hints' },
      })),
    )
    hinted(
      'of somebody else',
      'KRB5_FCC_NOFILE',
      () => NO_KEY(realm().keytab),
      acquire(() => ({
        name: 'alice',
        store: { clientKeytab: realm().keytab, ccache: 'MEMORY:hints' },
      })),
    )
    hinted(
      'whose tickets go into a folder that is not there',
      'KRB5_FCC_NOFILE',
      notWritten('FILE:/nowhere/cache'),
      async (mechanism) => {
        const clientKeytab = await realm().extractKeytab('alice')
        const store = { clientKeytab, ccache: 'FILE:/nowhere/cache' }
        await Credential.acquire({ mechanisms: [mechanism], store })
      },
    )
    hinted(
      'that is out of date',
      'KRB5KRB_AP_ERR_BAD_INTEGRITY',
      () =>
        `The key in the client keytab ${file('stale.keytab')} is not the principal's any longer: make the keytab anew.`,
      async (mechanism) => {
        await realm().addPrincipal(`stale-${mechanism}`, 'one')
        await realm().extractKeytab(`stale-${mechanism}`, `${realm().dir}/stale.keytab`)
        await realm().kadmin(`change_password -pw two stale-${mechanism}`)
        await Credential.acquire({
          ...{ mechanisms: [mechanism], name: `stale-${mechanism}` },
          store: { clientKeytab: file('stale.keytab'), ccache: 'MEMORY:stale' },
        })
      },
    )
  })

  describe('a cache that cannot be written', () => {
    it('by store()', async () => {
      const credential = await Credential.acquire({ name: 'alice', password: PASSWORD })
      const error = await failure(() =>
        credential.store({ store: { ccache: 'FILE:/nowhere/cache' } }),
      )
      assert.equal(error.hint, notWritten('FILE:/nowhere/cache'))
    })

    it('by renewTicket()', async () => {
      const from = await realm().kinit('alice', { renewable: 3600, ccache: 'renewable' })
      const error = await failure(() => renewTicket(from, 'FILE:/nowhere/cache'))
      assert.equal(error.hint, notWritten('FILE:/nowhere/cache'))
    })

    it('is not what is told where renewTicket() finds no ticket', async () => {
      const error = await failure(() => renewTicket(file('gone'), 'MEMORY:never'))
      assert.equal(error.hint, noTicket(file('gone')))
    })
  })

  describe('a password', () => {
    for (const name of ['alice', 'guarded']) {
      hinted(
        `that is wrong, of ${name}`,
        name === 'alice' ? 'KRB5KRB_AP_ERR_BAD_INTEGRITY' : 'KRB5KDC_ERR_PREAUTH_FAILED',
        WITH_PASSWORD,
        acquire(() => ({ name, password: 'wrong' })),
      )
    }
    it('that is wrong, verified', async () => {
      const keytab = realm().keytab
      const error = await failure(() =>
        verifyPassword('alice', 'wrong', { keytab, service: SERVICE }),
      )
      assert.equal(error.code, 'ERR_GSS_PASSWORD_WRONG')
      assert.equal(error.hint, 'The password is wrong: it is not this user’s, or not any longer.')
    })
    hinted(
      'of a user whom nobody knows',
      'KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN',
      "The KDC does not know the client's principal: check the user's name and realm, and default_realm in krb5.conf.",
      acquire(() => ({ name: 'nobody', password: 'x' })),
    )
    hinted(
      'of a locked account',
      'KRB5KDC_ERR_CLIENT_REVOKED',
      `The client's account is locked or disabled: ${ACCOUNT} unlock it.`,
      acquire(() => ({ name: 'locked', password: PASSWORD })),
    )
    hinted(
      'that has expired',
      'KRB5KDC_ERR_KEY_EXP',
      'The password has expired: change it with kpasswd.',
      async (mechanism) => {
        await realm().addPrincipal(`old-${mechanism}`, PASSWORD)
        await realm().kadmin(`modify_principal -pwexpire yesterday old-${mechanism}`)
        await Credential.acquire({
          mechanisms: [mechanism],
          name: `old-${mechanism}`,
          password: PASSWORD,
        })
      },
    )
    hinted(
      'of an account that has expired',
      'KRB5KDC_ERR_NAME_EXP',
      `The client's account has expired: ${ACCOUNT} extend it.`,
      async (mechanism) => {
        await realm().addPrincipal(`ended-${mechanism}`, PASSWORD)
        await realm().kadmin(`modify_principal -expire yesterday ended-${mechanism}`)
        await Credential.acquire({
          mechanisms: [mechanism],
          name: `ended-${mechanism}`,
          password: PASSWORD,
        })
      },
    )
    hinted(
      'for a realm that nobody knows',
      'KRB5_REALM_UNKNOWN',
      "The realm's KDC cannot be found: add the realm with its kdc to [realms] in krb5.conf, or its host's domain to [domain_realm], or publish DNS SRV records.",
      acquire(() => ({ name: 'alice@NOWHERE.TEST', password: 'x' })),
    )
  })

  describe('a service', () => {
    hinted(
      'that the KDC does not know',
      'KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN',
      "The KDC does not know the service's principal: check the service and host name asked for (an alias, a short name or an IP address is not the registered name), and that the principal was created.",
      (mechanism) => step(mechanism, `nosuch@${HOST}`),
    )
    hinted(
      'with whose KDC no encryption type is shared',
      'KRB5KDC_ERR_ETYPE_NOSUPP',
      "Client, service and KDC share no permitted encryption type: check permitted_enctypes in krb5.conf and the principal's keys; old DES, 3DES and RC4 keys are refused by default.",
      (mechanism) =>
        withFakeKdc(realm(), krbError({ code: 14, eText: 'no' }), () =>
          step(mechanism, `etype-${mechanism}@${HOST}`),
        ),
    )
    hinted(
      'to which the KDC does not let delegate',
      'KRB5KDC_ERR_BADOPTION',
      "The KDC does not allow what was asked for. In another's name: allow the service to delegate to this target (krbAllowedToDelegateTo; in Active Directory msDS-AllowedToDelegateTo, or the target's msDS-AllowedToActOnBehalfOfOtherIdentity); the user's ticket must be forwardable, or the service trusted to act for anybody (ok_to_auth_as_delegate).",
      (mechanism) =>
        withFakeKdc(realm(), krbError({ code: 13, eText: 'no' }), () =>
          step(mechanism, `option-${mechanism}@${HOST}`),
        ),
    )
    hinted(
      'whose KDC does not run',
      'KRB5_KDC_UNREACH',
      "No KDC of the realm answered: check the kdc entries in krb5.conf's [realms], the network and the firewall (port 88, UDP and TCP). Where the entry is an https address: http_anchors must name the CA of the proxy's certificate, and the plugin must be installed (the package krb5-k5tls).",
      async (mechanism) => {
        await realm().stopKdc()
        try {
          await step(mechanism, `dead-${mechanism}@${HOST}`)
        } finally {
          await realm().startKdc()
        }
      },
    )
    it('whose clock differs: the peer says so', async () => {
      const initiator = begin('krb5')
      await initiator.step()
      const error = await failure(() => initiator.step(krbErrorToken({ code: 37, eText: 'late' })))
      assert.equal(
        error.hint,
        "This machine's clock and the peer's or the KDC's differ by more than the allowed 5 minutes: synchronise the clocks (NTP).",
      )
    })
  })

  describe('an acceptor', () => {
    hinted(
      'without keytab',
      'KRB5_KT_NOTFOUND',
      () => noKeytab(file('no.keytab')),
      acquire(() => ({ usage: 'accept', store: { keytab: file('no.keytab') } })),
    )
    hinted(
      'whose keytab is of an unknown type',
      'KRB5_KT_UNKNOWN_TYPE',
      'The name of the keytab BOGUS:x is of no type that this library has: name a file (FILE:/etc/krb5.keytab).',
      acquire(() => ({ usage: 'accept', store: { keytab: 'BOGUS:x' } })),
    )
    hinted(
      'whose keytab is damaged',
      'KRB5_KEYTAB_BADVNO',
      () =>
        `The keytab ${file('damaged.keytab')} is damaged or of an unknown format: make it anew.`,
      (mechanism) => {
        writeFileSync(`${realm().dir}/damaged.keytab`, 'no keytab')
        const store = { keytab: file('damaged.keytab') }
        return Credential.acquire({
          mechanisms: [mechanism],
          usage: 'accept',
          name: SERVICE,
          store,
        })
      },
    )
    hinted(
      'whose keytab has no key of the name',
      'KG_KEYTAB_NOMATCH',
      noKeytab('the keytab'),
      acquire(() => ({ usage: 'accept', name: `nosuch@${HOST}` })),
    )
    hinted(
      'of another service',
      'KRB5KRB_AP_ERR_NOT_US',
      `The ticket is for another service, test/${HOST}, than other/${HOST}@EXAMPLE.TEST, whose key the acceptor has: the client must ask for the name in the service's keytab, or the acceptor must accept any of the keytab's names (no credential name).`,
      (mechanism) => accept(mechanism, { name: OTHER }),
    )
    hinted(
      'whose keytab is out of date',
      'KRB5KRB_AP_ERR_BADKEYVER',
      "The keytab does not hold the key that the ticket was made with: the service's key or password was changed after the keytab was made, or the keytab lacks that encryption type (the message names version and encryption type). Make the keytab anew, with all of the service's keys, and have the client run kinit again.",
      async (mechanism) => {
        await realm().addService(`stale-${mechanism}@${HOST}`)
        await realm().changeKeys(`stale-${mechanism}/${HOST}`)
        await accept(mechanism, {}, `stale-${mechanism}@${HOST}`)
      },
    )
    hinted(
      'whose keytab lacks the encryption type',
      'KRB5KRB_AP_ERR_BADKEYVER',
      "The keytab does not hold the key that the ticket was made with: the service's key or password was changed after the keytab was made, or the keytab lacks that encryption type (the message names version and encryption type). Make the keytab anew, with all of the service's keys, and have the client run kinit again.",
      (mechanism) => {
        const keytab = `${realm().dir}/rc4.keytab`
        const input = `addent -password -p test/${HOST}@EXAMPLE.TEST -k 1 -e arcfour-hmac\nx\nwkt ${keytab}\n`
        assert.equal(spawnSync('ktutil', { input }).status, 0)
        return accept(mechanism, { store: { keytab } })
      },
    )
    hinted(
      'that gets the same token twice',
      'KRB5KRB_AP_ERR_REPEAT',
      'The same authenticator was seen before: a token was sent twice, or an attacker repeated it. Begin with a new context; never send an initial token again.',
      async (mechanism) => {
        const first = await token(mechanism)
        await new Acceptor().step(first)
        await new Acceptor().step(first)
      },
    )
    hinted(
      'whose key is another',
      'KRB5KRB_AP_ERR_BAD_INTEGRITY',
      "The ticket was not encrypted with the key in the keytab: the service's key or password was changed after the keytab was made, or another account has the same name. Make the keytab anew, and have the client run kinit again.",
      async (mechanism) => {
        const twin = await Realm.create({ services: [SERVICE] })
        try {
          await accept(mechanism, { store: { keytab: twin.keytab } })
        } finally {
          await twin.dispose()
        }
      },
    )
    hinted(
      'of another realm',
      'KRB5KRB_AP_ERR_NOT_US',
      "The ticket is of the realm EXAMPLE.TEST, and the acceptor's key is of OTHER.TEST: the client takes the host for that realm's. Map the host to its realm in [domain_realm] of the client's krb5.conf, or publish it in DNS, or name the realm in the target.",
      async (mechanism) => {
        const twin = await Realm.create({ realm: 'OTHER.TEST', services: [SERVICE] })
        try {
          await accept(mechanism, { store: { keytab: twin.keytab } })
        } finally {
          await twin.dispose()
        }
      },
    )
  })

  describe('a credential', () => {
    hinted(
      'to accept, at an initiator',
      undefined,
      "Acquire the credential with usage 'initiate', or 'both' where it serves both sides.",
      async (mechanism) => {
        const credential = await Credential.acquire({ usage: 'accept' })
        await new Initiator({ target: SERVICE, mechanism, credential }).step()
      },
    )
    hinted(
      'to initiate, at an acceptor',
      undefined,
      "Acquire the credential with usage 'accept', or 'both' where it serves both sides.",
      async (mechanism) => {
        const first = await token(mechanism)
        await new Acceptor({ credential: await Credential.acquire() }).step(first)
      },
    )
    it('of another mechanism than the token’s', async () => {
      const error = await failure(() => accept('krb5', { mechanisms: ['iakerb'] }))
      assert.equal(error.code, 'GSS_S_NO_CRED')
      assert.equal(
        error.hint,
        "The credential is not for the mechanism that the peer's token is of: acquire it for that mechanism (mechanisms), with the usage of this side ('accept' or 'both' to accept, 'initiate' or 'both' to initiate).",
      )
    })
  })

  describe('a proof', () => {
    hinted(
      'that no way is left to give',
      'KRB5_PREAUTH_FAILED',
      'No way to prove who the client is was left; the message tells why the last one failed. With a password: check it. With a certificate (PKINIT): pkinit_identities must name it and its key, its CA must be among the pkinit_anchors of both sides, and the plugin must be installed (the package krb5-pkinit).',
      async (mechanism) => {
        await realm().addPrincipal(`token-${mechanism}`, PASSWORD)
        await realm().kadmin(`modify_principal +requires_hwauth token-${mechanism}`)
        await Credential.acquire({
          ...{ mechanisms: [mechanism], name: `token-${mechanism}`, password: PASSWORD },
        })
      },
    )

    it('of an encryption type that the library does not have', async () => {
      const credential = await Credential.acquire({ name: 'alice' })
      const error = await failure(() => credential.setEnctypes([9999]))
      assert.equal(error.minorName, 'KRB5_PROG_ETYPE_NOSUPP')
      assert.match(error.hint ?? '', /^Client, service and KDC share no permitted encryption type/)
    })
  })

  describe('krb5.conf', () => {
    it('that cannot be parsed', async () => {
      mkdirSync(`${realm().dir}/conf`, { recursive: true })
      writeFileSync(`${realm().dir}/conf/krb5.conf`, '[libdefaults\nx')
      const error = await withEnv({ KRB5_CONFIG: `${realm().dir}/conf/krb5.conf` }, () =>
        failure(() => step('krb5')),
      )
      assert.match(error.minorName ?? '', /^(PROF_|KRB5_CONFIG_)/)
      assert.equal(
        error.hint,
        'The Kerberos configuration (krb5.conf, or the file in KRB5_CONFIG) cannot be read: check that it exists, is readable and is well-formed.',
      )
    })
  })

  it('a message that was altered: not of keytabs', async () => {
    const { initiator, acceptor } = await established()
    const sealed = initiator.wrap(Buffer.from('hello'))
    const at = sealed.length - 1
    sealed[at] = (sealed[at] ?? 0) ^ 1
    const error = await failure(() => acceptor.unwrap(sealed))
    assert.equal(
      error.hint,
      'The message was altered on its way, or belongs to another context: drop it; the next genuine one can still be read.',
    )
  })
})
