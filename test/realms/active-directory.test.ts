import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { Acceptor, Credential, Initiator, Name } from 'gssapi'
import { assertHint, failure } from '../helpers/failure'
import {
  converse,
  MECHANISMS,
  onHeimdal,
  type Pair,
  type PairOptions,
  withEnv,
} from '../helpers/handshake'
import { useSambaRealm } from '../helpers/samba-realm'

const REALM = 'AD.EXAMPLE.TEST'
const HOST = 'server.ad.example.test'
const ALICE = `alice@${REALM}`
const PASSWORD = 'white-Rabbit-7'
const TARGET = `HTTP@${HOST}`

/** A group of tests on MIT; skipped on Heimdal, and why. */
function mit(title: string, reason: string, body: () => void): void {
  if (onHeimdal) describe.skip(`${title} [Heimdal: ${reason}]`, body)
  else describe(title, body)
}

describe("an Active Directory (Samba's)", () => {
  const domain = useSambaRealm({
    alice: { password: PASSWORD, upn: 'alice.liddell@wonderland.test' },
    bob: { password: 'a-Password-9' },
    dinah: { password: 'cheshire-Cat-5', disabled: true },
    mock: { password: 'turtle-Soup-3', mustChangePassword: true },
    web: {
      spns: [`HTTP/${HOST}`],
      delegateTo: [`back/${HOST}`],
      trustedToAuthenticate: true,
    },
    plain: {
      spns: [`plain/${HOST}`],
      upn: `plain/${HOST}@${REALM}`, // as ktpass sets it: so that the service can also get tickets by its SPN
      delegateTo: [`back/${HOST}`],
    },
    back: { spns: [`back/${HOST}`] },
  })
  before(() => domain().kinit('alice', PASSWORD))

  async function handshake({ initiator, acceptor }: PairOptions = {}): Promise<Pair> {
    const pair = {
      initiator: new Initiator({ target: TARGET, ...initiator }),
      acceptor: new Acceptor(acceptor),
    }
    await converse(pair)
    assert.equal(pair.initiator.complete && pair.acceptor.complete, true)
    return pair
  }

  /** Logs on by password, and tells who the service then sees. */
  async function seenAs(name: Name | string, password = PASSWORD): Promise<string> {
    const credential = await Credential.acquire({ name, password, mechanisms: ['krb5'] })
    return String((await handshake({ initiator: { credential } })).acceptor.initiatorName)
  }

  for (const mechanism of MECHANISMS) {
    describe(mechanism, () => {
      it('a user reaches a service, and each knows who the other is', async () => {
        const { initiator, acceptor } = await handshake({ initiator: { mechanism } })
        assert.equal(String(acceptor.initiatorName), ALICE)
        assert.equal(String(initiator.acceptorName), `HTTP/${HOST}@${REALM}`)
        assert.equal(initiator.mechanism, 'krb5')
        const { mutual, confidentiality, sequenceDetection } = acceptor.flags
        assert.deepEqual([mutual, confidentiality, sequenceDetection], [true, true, true])
      })

      it('messages of every size arrive in both directions, encrypted and signed only', async () => {
        const { initiator, acceptor } = await handshake({ initiator: { mechanism } })
        for (const size of [0, 1, 13, 4096, 65536, 1 << 20]) {
          const sent = Buffer.alloc(size, 'wonderland ')
          for (const confidential of [true, false]) {
            for (const [from, to] of [
              [initiator, acceptor],
              [acceptor, initiator],
            ] as const) {
              const received = to.unwrap(from.wrap(sent, { confidential }))
              assert.equal(received.confidential, confidential)
              assert.ok(received.message.equals(sent))
              to.verifyMic(sent, from.getMic(sent))
            }
          }
        }
      })
    })
  }

  for (const target of [`http/SERVER.ad.example.test`, 'HTTP@SERVER.ad.example.test']) {
    it(`a service is found as ${target}`, async () => {
      const { acceptor } = await handshake({ initiator: { target } })
      assert.equal(String(acceptor.initiatorName), ALICE)
    })
  }

  mit('names', 'has no enterprise names', () => {
    const UPN = 'alice.liddell@wonderland.test'
    let canonical = ''

    before(() => {
      canonical = `${domain().krb5Conf}.canonical`
      const text = readFileSync(domain().krb5Conf, 'utf8')
      writeFileSync(canonical, text.replace('[libdefaults]', '[libdefaults]\n canonicalize = true'))
    })

    /** Of a client that leaves its name to the directory. */
    const named = (name: Name | string, password?: string): Promise<string> =>
      withEnv({ KRB5_CONFIG: canonical }, () => seenAs(name, password))

    it('a user logs on by the name in the directory (UPN), whatever the domain', async () => {
      assert.equal(await named(Name.enterprise(UPN)), ALICE)
      const bob = Name.enterprise('bob@ad.example.test')
      assert.equal(await named(bob, 'a-Password-9'), `bob@${REALM}`)
    })

    it('case does not matter, and the service sees the one spelling of the directory', async () => {
      assert.equal(await named(`ALICE@${REALM}`), ALICE)
      assert.equal(await named(Name.enterprise(UPN.toUpperCase())), ALICE)
    })

    it('without canonicalize in krb5.conf the service sees the name as it was typed', async () => {
      const typed = await seenAs(Name.enterprise(UPN))
      assert.equal(typed, `alice.liddell\\@wonderland.test@${REALM}`)
    })

    it('a realm in lower case is another realm to the library', async () => {
      const error = await failure(() => seenAs('alice@ad.example.test'))
      assert.equal(error.minorName, 'KRB5_REALM_UNKNOWN')
    })
  })

  mit('what the directory says of a user (PAC)', 'tells no attributes of a name', () => {
    const utf16 = (text: string) => Buffer.from(text, 'utf16le')

    /** The one value of an attribute that the domain vouches for. */
    function vouched(name: Name | null, attribute: string): Buffer {
      assert.ok(name)
      assert.ok(name.attributes().includes(attribute), name.attributes().join())
      const { authenticated, complete, values } = name.getAttribute(attribute)
      assert.deepEqual([authenticated, complete, values.length], [true, true, 1])
      return values[0]!
    }

    for (const mechanism of MECHANISMS) {
      it(`${mechanism}: the account and its domain stand in the logon information`, async () => {
        const { acceptor } = await handshake({ initiator: { mechanism } })
        const info = vouched(acceptor.initiatorName, 'urn:mspac:logon-info')
        assert.ok(info.includes(utf16('alice')))
        assert.ok(info.includes(utf16('ADEXAMPLE')))
        assert.equal(info.includes(utf16('bob')), false)
        const back = Name.exported(acceptor.initiatorName!.exportComposite())
        assert.deepEqual(back.getAttribute('urn:mspac:logon-info').values, [info])
      })
    }

    it('the name by which the user logs on is told, and the domain’s in DNS', async () => {
      const { acceptor } = await handshake()
      const info = vouched(acceptor.initiatorName, 'urn:mspac:upn-dns-info')
      assert.ok(info.includes(utf16('alice.liddell@wonderland.test')))
      assert.ok(info.includes(utf16(REALM)))
    })

    it('it is the user’s also where a service acts in her name', async () => {
      const { keytab } = domain()
      const own = await Credential.acquire({
        name: Name.principal(`web@${REALM}`),
        store: { ccache: 'MEMORY:pac', keytab, clientKeytab: keytab },
      })
      const credential = await own.impersonate(`bob@${REALM}`)
      const target = Name.principal(`back/${HOST}@${REALM}`)
      const { acceptor } = await handshake({ initiator: { credential, target } })
      const info = vouched(acceptor.initiatorName, 'urn:mspac:logon-info')
      assert.ok(info.includes(utf16('bob')))
      assert.equal(info.includes(utf16('alice')), false)
      const way = vouched(acceptor.initiatorName, 'urn:mspac:delegation-info')
      assert.ok(way.includes(utf16(`back/${HOST}`)))
      assert.ok(way.includes(utf16(`web@${REALM}`)))
    })
  })

  mit('what is refused', 'has codes of its own', () => {
    const refusals = {
      'a wrong password': ['alice', 'x', 'KRB5KDC_ERR_PREAUTH_FAILED', /password is wrong/],
      'an unknown user': ['nobody', 'x', 'KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN', /does not know/],
      'a disabled account': ['dinah', 'cheshire-Cat-5', 'KRB5KDC_ERR_CLIENT_REVOKED', /disabled/],
      'a password to be changed': ['mock', 'turtle-Soup-3', 'KRB5KDC_ERR_KEY_EXP', /kpasswd/],
    } as const
    for (const [what, [user, password, minorName, hint]] of Object.entries(refusals)) {
      it(`${what} is told apart`, async () => {
        const error = await failure(() => seenAs(`${user}@${REALM}`, password))
        assert.equal(error.code, 'GSS_S_NO_CRED')
        assert.equal(error.minorName, minorName)
        assertHint(error, hint)
      })
    }

    it('a service principal name that nobody has is told apart', async () => {
      const error = await failure(() => handshake({ initiator: { target: `nothing@${HOST}` } }))
      assert.equal(error.minorName, 'KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN')
    })
  })

  mit('delegation', 'impersonates nobody', () => {
    let caches = 0
    const BACK = { target: Name.principal(`back/${HOST}@${REALM}`) }

    /** A service's own credential, under the name by which the directory lets it have tickets. */
    function own(name: string, usage: 'initiate' | 'both' = 'initiate'): Promise<Credential> {
      const { keytab } = domain()
      const store = { ccache: `MEMORY:${caches++}`, keytab, clientKeytab: keytab }
      return Credential.acquire({ name: Name.principal(`${name}@${REALM}`), usage, store })
    }

    it('a service gets a ticket in the name of a user who never came, and goes on with it', async () => {
      const credential = await (await own('web')).impersonate(`bob@${REALM}`)
      const { acceptor } = await handshake({ initiator: { credential, ...BACK } })
      assert.equal(String(acceptor.initiatorName), `bob@${REALM}`)
    })

    it('not where the account may act only for who came', async () => {
      const credential = await (await own(`plain/${HOST}`)).impersonate(`bob@${REALM}`)
      const error = await failure(() => handshake({ initiator: { credential, ...BACK } }))
      assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
      assertHint(error, /msDS-AllowedToDelegateTo/)
    })

    it('not to a service that the account may not delegate to', async () => {
      const credential = await (await own('web')).impersonate(`bob@${REALM}`)
      const target = Name.principal(`plain/${HOST}@${REALM}`)
      const error = await failure(() => handshake({ initiator: { credential, target } }))
      assert.equal(error.minorName, 'KRB5KDC_ERR_BADOPTION')
    })

    it('with the ticket of a user who came it goes on', async () => {
      const { acceptor } = await handshake({
        initiator: { target: `plain@${HOST}` },
        acceptor: { credential: await own(`plain/${HOST}`, 'both') },
      })
      const credential = acceptor.delegatedCredential
      assert.ok(credential)
      await domain().kinit('bob', 'a-Password-9')
      const behind = await handshake({ initiator: { credential, ...BACK } })
      await domain().kinit('alice', PASSWORD)
      assert.equal(String(behind.acceptor.initiatorName), ALICE)
    })
  })
})
