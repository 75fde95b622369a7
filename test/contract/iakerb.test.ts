import assert from 'node:assert/strict'
import { Acceptor, Credential, Initiator } from 'gssapi'
import {
  ALICE,
  converse,
  failure,
  heimdal,
  itUnless,
  PASSWORD,
  SERVICE,
  SUITE,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const GAP = heimdal('7.8 has no IAKERB')

/** The initiator has a password and no KDC that it could reach: the acceptor asks for it. */
describe('IAKERB', () => {
  const realm = useRealm({ principals: SUITE.principals, services: [SERVICE] })

  async function pair(password = PASSWORD) {
    const credential = await Credential.acquire({ name: ALICE, password, mechanisms: ['iakerb'] })
    const own = await Credential.acquire({ usage: 'accept', mechanisms: ['iakerb'] })
    return {
      initiator: new Initiator({ target: SERVICE, mechanism: 'iakerb', credential }),
      acceptor: new Acceptor({ credential: own }),
    }
  }

  itUnless(GAP, 'the initiator asks the KDC itself, or gets no context', async () => {
    const { initiator, acceptor } = await pair()
    const [sent, answered] = await converse({ initiator, acceptor })
    assert.ok(
      sent >= 3 && answered >= 3,
      `${sent} and ${answered}: the KDC's messages go with them`,
    )
    assert.equal(initiator.mechanism, 'iakerb')
    assert.equal(acceptor.mechanism, 'iakerb')
    assert.equal(String(acceptor.initiatorName), ALICE)
    const { message } = acceptor.unwrap(initiator.wrap(Buffer.from('through the acceptor')))
    assert.equal(String(message), 'through the acceptor')
  })

  itUnless(GAP, 'a ticket-granting ticket of a cache is asked for a password', async () => {
    const ccache = await realm().kinit('alice', { ccache: 'tgt' })
    const credential = await Credential.acquire({ store: { ccache }, mechanisms: ['iakerb'] })
    const own = await Credential.acquire({ usage: 'accept', mechanisms: ['iakerb'] })
    const sides = {
      initiator: new Initiator({ target: SERVICE, mechanism: 'iakerb', credential }),
      acceptor: new Acceptor({ credential: own }),
    }
    const [sent] = await converse(sides)
    assert.equal(sent, 2, 'one question to the KDC, for the ticket of the service')
    assert.equal(sides.initiator.complete && sides.acceptor.complete, true)
    assert.equal(String(sides.acceptor.initiatorName), ALICE)
    const { message } = sides.acceptor.unwrap(sides.initiator.wrap(Buffer.from('m')))
    assert.equal(String(message), 'm')
  })

  itUnless(GAP, 'a wrong password gives a context', async () => {
    const sides = await pair('not hers')
    const error = await failure(() => converse(sides))
    assert.equal(error.name, 'GssError')
    assert.doesNotMatch(String(error), /not hers/)
  })

  itUnless(GAP, 'an acceptor that was not acquired for it accepts it', async () => {
    const { initiator } = await pair()
    const error = await failure(() => converse({ initiator, acceptor: new Acceptor() }))
    assert.equal(error.code, 'GSS_S_NO_CRED')
  })

  itUnless(GAP, 'an altered token of the exchange ends the process', async () => {
    const { initiator } = await pair()
    const first = await initiator.step()
    assert.ok(first)
    const credential = await Credential.acquire({ usage: 'accept', mechanisms: ['iakerb'] })
    // Up to the KDC's own message: a KDC does not answer what is none, and the library waits for it.
    for (const at of Array(24).keys()) {
      const acceptor = new Acceptor({ credential })
      const forged = Buffer.from(first)
      forged[at]! ^= 0x41
      await acceptor.step(forged).catch((error: unknown) => {
        assert.match((error as { code: string }).code, /^GSS_S_/)
      })
    }
  })
})
