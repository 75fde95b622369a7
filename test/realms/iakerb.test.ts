import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Acceptor, Credential, type GssError, Initiator, library } from 'gssapi'
import { assertHint } from '../helpers/failure'
import {
  ALICE,
  failure,
  firstToken,
  HOST,
  itUnless,
  PASSWORD,
  SERVICE,
  withEnv,
} from '../helpers/handshake'
import { der } from '../helpers/negotiation'
import { useRealm } from '../helpers/realm'

const [, minor = 0] = library().version.split('.').map(Number)
const DISCOVERS = minor >= 22 && 'from 1.22 on MIT asks the acceptor for its realm: not tried'

const CONFIGURATIONS = {
  whole: (text: string) => text,
  'no realm': (text: string) => text.replace(/^\[realms\]\n[^[]*/m, '[realms]\n'),
  'a dead KDC': (text: string) => text.replace(/kdc = 127\.0\.0\.1:\d+/, 'kdc = 127.0.0.1:9'),
  'no default realm': (text: string) => text.replace(/^ default_realm = .*\n/m, ''),
  'a useless default realm': (text: string) =>
    text.replace(/^ default_realm = .*$/m, ' default_realm = USELESS.TEST'),
}
type Configuration = keyof typeof CONFIGURATIONS

interface Case {
  name?: string
  password?: string
  target?: string
  initiator?: Configuration
  acceptor?: Configuration
}

const KRB_AP_ERR_IAKERB_KDC_NOT_FOUND = 85
const KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE = 86

const integer = (value: number) => der(0x02, Buffer.from([value]))
const text = (value: string) => der(0x1b, Buffer.from(value))

/** What an acceptor that reaches no KDC sends (draft-ietf-kitten-iakerb §3.1): a KRB-ERROR of its own (RFC 4120 §5.9.1). */
function relayedError(code: number): Buffer {
  const realm = der(0x04, Buffer.from('EXAMPLE.TEST')) // MIT reads no UTF8String there
  const members = [
    [0, integer(5)],
    [1, integer(30)],
    [4, der(0x18, Buffer.from('20260101000000Z'))],
    [5, integer(0)],
    [6, integer(code)],
    [9, text('EXAMPLE.TEST')],
    [10, der(0x30, der(0xa0, integer(2)), der(0xa1, der(0x30, text('krbtgt'))))],
  ] as const
  const error = members.map(([tag, value]) => der(0xa0 + tag, value))
  const header = der(0x30, der(0xa1, realm))
  return Buffer.concat([Buffer.from([5, 1]), header, der(0x7e, der(0x30, ...error))])
}

/** The initiator logs on through the acceptor; each side has a krb5.conf of its own. */
describe('IAKERB, and who knows which realm', () => {
  const realm = useRealm({
    principals: {
      alice: PASSWORD,
      careful: { password: PASSWORD, attributes: ['+requires_preauth'] },
      expired: { password: PASSWORD, attributes: ['+needchange'] },
      locked: { password: PASSWORD, attributes: ['-allow_tix'] },
    },
    services: [SERVICE],
  })

  function within<T>(configuration: Configuration, body: () => Promise<T>): Promise<T> {
    const change = CONFIGURATIONS[configuration]
    const file = join(realm().dir, `${Object.keys(CONFIGURATIONS).indexOf(configuration)}.conf`)
    writeFileSync(file, change(readFileSync(realm().krb5Conf, 'utf8')))
    return withEnv({ KRB5_CONFIG: file }, body)
  }

  const begun = async ({ name = ALICE, password = PASSWORD, target = SERVICE }: Case) => {
    const credential = await Credential.acquire({ name, password, mechanisms: ['iakerb'] })
    return new Initiator({ target, mechanism: 'iakerb', credential })
  }

  /** Whom the acceptor sees; `between` is called after its first reply. */
  async function logOn(how: Case, between = async () => {}): Promise<string> {
    const { initiator: own = 'whole', acceptor: others = 'whole' } = how
    const credential = await Credential.acquire({ usage: 'accept', mechanisms: ['iakerb'] })
    const acceptor = new Acceptor({ credential })
    const [initiator, first] = await within(own, async () => {
      const context = await begun(how)
      return [context, await firstToken(context)] as const
    })
    let token: Buffer | null = first
    while (token !== null) {
      const given: Buffer = token
      const reply = await within(others, () => acceptor.step(given))
      await between()
      token = reply && (await within(own, () => initiator.step(reply)))
    }
    assert.equal(initiator.complete && acceptor.complete, true)
    return String(acceptor.initiatorName)
  }

  const refusal = async (how: Case): Promise<[GssError, string]> => {
    const error = await failure(() => logOn(how))
    assert.equal(error.name, 'GssError')
    return [error, `${error.call} ${error.code} ${error.minorName}`]
  }

  describe('the initiator’s krb5.conf', () => {
    for (const initiator of ['no realm', 'a dead KDC'] as const) {
      it(`${initiator} in it: the acceptor’s is enough`, async () => {
        assert.equal(await logOn({ initiator }), ALICE)
        assert.equal(
          await logOn({ initiator, name: 'careful@EXAMPLE.TEST' }),
          'careful@EXAMPLE.TEST',
        )
      })
    }

    for (const initiator of ['no default realm', 'a useless default realm'] as const) {
      it(`${initiator} in it: a name with its realm needs none`, async () => {
        assert.equal(await logOn({ initiator }), ALICE)
      })
    }

    it('a name without a realm is of its default realm', async () => {
      assert.equal(await logOn({ name: 'alice' }), ALICE)
    })

    itUnless(
      DISCOVERS,
      'without a default realm a name needs a realm, and is told so',
      async () => {
        const [error, what] = await refusal({ name: 'alice', initiator: 'no default realm' })
        assert.equal(what, 'gss_acquire_cred_with_password GSS_S_BAD_NAME KRB5_CONFIG_NODEFREALM')
        assertHint(error, /write default_realm in krb5\.conf, or give the realm in the name/)
      },
    )
  })

  describe('the acceptor’s krb5.conf', () => {
    const reached = (where: RegExp) => async (how: Case) => {
      const [error, what] = await refusal(how)
      assert.equal(what, 'gss_accept_sec_context GSS_S_FAILURE ASN1_MISSING_FIELD')
      assertHint(error, where)
      assertHint(error, /answered this service.*\(IAKERB\).*krb5\.conf on the service's machine/)
    }
    const noKdc = reached(/No KDC of the realm EXAMPLE\.TEST /)

    it('no realm, or no KDC that answers: it says so', async () => {
      await noKdc({ acceptor: 'no realm' })
      await noKdc({ acceptor: 'a dead KDC' })
    })

    it('a realm that the initiator alone believes in is named', async () => {
      await reached(/No KDC of the realm OTHER\.TEST /)({ name: 'alice@OTHER.TEST' })
      const useless = { name: 'alice', initiator: 'a useless default realm' } as const
      await reached(/No KDC of the realm USELESS\.TEST /)(useless)
    })

    it('a KDC that dies between two of its answers is missed as one that never was', async () => {
      const error = await failure(() => logOn({}, () => realm().stopKdc()))
      await realm().startKdc()
      assert.equal(error.call, 'gss_accept_sec_context')
      assertHint(error, /No KDC of the realm EXAMPLE\.TEST answered/)
    })

    it('control characters in a realm that a stranger made up are escaped', async () => {
      const [error] = await refusal({ name: 'alice@A\u001b[31m\nB' })
      assertHint(error, /of the realm A\\x1b\[31m\\x0aB answered/)
    })
  })

  describe('what the KDC refuses is told to the initiator', () => {
    const SECRET = /^The password, or the key in the client keytab, is wrong/
    const CASES: [string, Case, string, RegExp][] = [
      ['a wrong password', { password: 'x' }, 'KRB5KRB_AP_ERR_BAD_INTEGRITY', SECRET],
      [
        'a wrong password that the KDC looks at',
        { name: 'careful@EXAMPLE.TEST', password: 'x' },
        'KRB5KDC_ERR_PREAUTH_FAILED',
        SECRET,
      ],
      [
        'an unknown user',
        { name: 'nobody@EXAMPLE.TEST' },
        'KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN',
        /does not know the client's principal/,
      ],
      [
        'a locked account',
        { name: 'locked@EXAMPLE.TEST' },
        'KRB5KDC_ERR_CLIENT_REVOKED',
        /locked or disabled/,
      ],
      [
        'an expired password',
        { name: 'expired@EXAMPLE.TEST' },
        'KRB5KDC_ERR_KEY_EXP',
        /password has expired/,
      ],
      [
        'an unknown service',
        { target: `none@${HOST}` },
        'KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN',
        /does not know the service's principal/,
      ],
    ]
    for (const [title, how, minorName, hint] of CASES) {
      it(title, async () => {
        const [error, what] = await refusal(how)
        assert.equal(what, `gss_init_sec_context GSS_S_FAILURE ${minorName}`)
        assertHint(error, hint)
        assert.doesNotMatch(error.hint ?? '', /PKINIT/)
      })
    }
  })

  it('what the KDC refuses names nobody of an earlier failure', async () => {
    const somebodyElse = () =>
      failure(() => Credential.acquire({ name: 'somebody-else', password: PASSWORD }))
    for (let i = 0; i < 4; i++) {
      await Promise.all(Array.from({ length: 8 }, somebodyElse)) // on every thread
      const [error] = await refusal({ name: 'nobody@EXAMPLE.TEST' })
      assert.deepEqual(error.minorMessages, ['Client not found in Kerberos database'])
    }
  })

  for (const [minorName, code] of [
    ['KRB5KRB_AP_ERR_IAKERB_KDC_NOT_FOUND', KRB_AP_ERR_IAKERB_KDC_NOT_FOUND],
    ['KRB5KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE', KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE],
  ] as const) {
    it(`an acceptor that tells of it (${minorName}) is understood`, async () => {
      const initiator = await begun({})
      await firstToken(initiator)
      const error = await failure(() => initiator.step(relayedError(code)))
      assert.equal(error.minorName, minorName)
      assertHint(error, /^The service reached no KDC of the user's realm/)
    })
  }
})
