import assert from 'node:assert/strict'
import { Credential, GssError } from 'gssapi'
import { Realm } from 'gssapi/testing'
import {
  delay,
  failure,
  firstToken,
  heimdal,
  HOST,
  itUnless,
  MECHANISMS,
  newPair,
  onHeimdal,
  PASSWORD,
  SERVICE,
  withEnv,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'
import { checkError as check } from '../helpers/errors'

const NO_REPLAY = heimdal('7.8 has no replay cache unless told')
const OTHER = `other@${HOST}`

describe('errors', () => {
  const realm = useRealm({
    principals: { alice: PASSWORD },
    services: [SERVICE, OTHER],
    kinit: 'alice',
  })
  const withCache = <T>(name: string, body: () => Promise<T>) =>
    withEnv({ KRB5CCNAME: `FILE:${realm().dir}/${name}` }, body)

  for (const mechanism of MECHANISMS) {
    const begin = (target = SERVICE) => newPair({ initiator: { mechanism, target } })
    const refusedBy = async (credential?: Credential, target = SERVICE) => {
      const { initiator, acceptor } = newPair({
        initiator: { mechanism, target },
        acceptor: credential ? { credential } : {},
      })
      const token = await firstToken(initiator)
      return failure(() => acceptor.step(token))
    }

    describe(mechanism, () => {
      it('no ticket: the hint says kinit and names the cache', async () => {
        const error = await withCache('empty', () => failure(() => begin().initiator.step()))
        check(error, { code: 'GSS_S_NO_CRED', minorName: 'KRB5_CC_NOTFOUND', hint: /empty.*kinit/ })
      })

      it('an expired ticket: the hint says kinit', async () => {
        const error = await withCache(`short-${mechanism}`, async () => {
          const ccache = process.env['KRB5CCNAME'] ?? ''
          await realm().kinit('alice', { lifetime: 1, ccache })
          await delay(2100)
          return failure(() => begin().initiator.step())
        })
        check(error, {
          code: 'GSS_S_FAILURE',
          minorName: 'KRB5KRB_AP_ERR_TKT_EXPIRED',
          hint: /expired.*kinit/,
        })
      })

      it('a service that the KDC does not know', async () => {
        const error = await failure(() => begin(`nosuch@${HOST}`).initiator.step())
        check(error, {
          code: 'GSS_S_FAILURE',
          minorName: 'KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN',
          hint: /service/,
        })
      })

      it('a ticket for another service than the acceptor’s', async () => {
        const credential = await Credential.acquire({ usage: 'accept', name: OTHER })
        check(await refusedBy(credential), {
          code: 'GSS_S_FAILURE',
          minorName: 'KRB5KRB_AP_ERR_NOT_US',
          hint: /another service/,
        })
      })

      itUnless(NO_REPLAY, 'a replayed first token', async () => {
        const token = await firstToken(begin().initiator)
        await begin().acceptor.step(token)
        const error = await failure(() => begin().acceptor.step(token))
        check(error, {
          code: 'GSS_S_FAILURE',
          minorName: 'KRB5KRB_AP_ERR_REPEAT',
          hint: /twice/,
        })
      })

      it('no keytab: the hint says keytab', async () => {
        const keytab = `FILE:${realm().dir}/no.keytab`
        const error = await withEnv({ KRB5_KTNAME: keytab }, () => refusedBy())
        check(error, { code: 'GSS_S_NO_CRED', minorName: 'KRB5_KT_NOTFOUND', hint: /keytab/ })
      })
    })
  }

  describe('keys in the keytab', () => {
    it('that are another realm’s of the same name', async () => {
      const twin = await Realm.create({ services: [SERVICE] })
      const { initiator, acceptor } = newPair()
      const error = await withEnv({ KRB5_KTNAME: twin.keytab }, async () => {
        const token = await firstToken(initiator)
        return failure(() => acceptor.step(token))
      })
      await twin.dispose()
      if (onHeimdal) return
      assert.match(error.minorName ?? '', /^KRB5KRB_AP_ERR_(BAD_INTEGRITY|MODIFIED)$/)
      assert.match(error.hint ?? '', /key/)
    })

    it('that are older than the ticket', async () => {
      await realm().addService('stale@host.example.test')
      await realm().changeKeys('stale/host.example.test')
      const { initiator, acceptor } = newPair({
        initiator: { target: 'stale@host.example.test' },
      })
      const error = await failure(async () => acceptor.step(await firstToken(initiator)))
      assert.ok(error instanceof GssError)
      if (!onHeimdal) assert.match(error.hint ?? '', /keytab/)
    })
  })

  itUnless(
    NO_REPLAY,
    'the token that goes with an error tells the peer what was wrong',
    async () => {
      const { initiator, acceptor } = newPair()
      const token = await firstToken(initiator)
      await acceptor.step(token)
      const error = await failure(() => newPair().acceptor.step(token))
      assert.ok(Buffer.isBuffer(error.token))
      const told = await failure(() => initiator.step(error.token))
      assert.equal(told.name, 'GssError')
      assert.match(told.message, /replay/)
      assert.equal(initiator.complete, false)
    },
  )
})
