import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { Initiator } from 'gssapi'
import { gssClient, SampleClient, type Sealing } from '../helpers/mit-samples'
import { failure } from '../helpers/failure'
import { useRealm } from '../helpers/realm'

const PORT = 4444
const SIZES = [0, 1, 13, 4096, 65536]
const SIGNED: Sealing = { wrapped: true, confidential: true, signed: true }
const INTEGRITY: Sealing = { wrapped: true, confidential: false, signed: true }

// Each in a container of its own, with its own keytab and nothing else in common with this one than the network.
const SERVICES = {
  'our service': { host: 'service.example.test', target: 'chat@service.example.test' },
  "MIT's gss-server": { host: 'mit.example.test', target: 'host@mit.example.test' },
}

const message = (size: number) => Buffer.alloc(size, 'wonderland ')

describe('between containers', () => {
  useRealm({ principals: { alice: 'secret' }, kinit: 'alice' })

  it('this one is the client, under its own host name', () => {
    assert.equal(hostname(), 'client.example.test')
  })

  for (const [title, { host, target }] of Object.entries(SERVICES)) {
    // Quirk(mit): gss-server 1.20 dies of an empty message that was encrypted.
    const sizes = (how: Sealing) =>
      host === 'mit.example.test' && how.confidential ? SIZES.slice(1) : SIZES

    describe(title, () => {
      for (const mechanism of ['krb5', 'spnego'] as const) {
        it(`${mechanism}: our client is answered, encrypted and signed only`, async () => {
          const client = await SampleClient.connect(PORT, { target, mechanism }, host)
          assert.equal(client.context.complete, true)
          assert.equal(client.context.mechanism, 'krb5')
          for (const how of [SIGNED, INTEGRITY]) {
            for (const size of sizes(how)) await client.exchange(message(size), how)
          }
          client.end()
        })
      }

      it("MIT's gss-client is answered", async () => {
        const { code, output } = await gssClient(PORT, [], target, 'through the glass', host)
        assert.equal(code, 0, output)
        assert.match(output, /Signature verified\./)
      })
    })
  }

  it('a service that the KDC does not know is told as such', async () => {
    const context = new Initiator({ target: 'nothing@service.example.test' })
    const error = await failure(() => context.step())
    assert.equal(error.minorName, 'KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN')
  })

  it("a token for one container's service is not taken by another's", async () => {
    const elsewhere = { target: 'host@mit.example.test' }
    await assert.rejects(SampleClient.connect(PORT, elsewhere, 'service.example.test'))
  })
})
