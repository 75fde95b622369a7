import assert from 'node:assert/strict'
import { lookup } from 'node:dns/promises'
import { Initiator } from 'gssapi'
import { failure } from '../helpers/failure'
import { SampleClient } from '../helpers/mit-samples'
import { useRealm } from '../helpers/realm'

const HOST = 'service.example.test'
const TARGET = `chat@${HOST}`

describe('names in the network of the containers', () => {
  describe('looked up forwards only', () => {
    useRealm({
      principals: { alice: 'secret' },
      kinit: 'alice',
      libdefaults: { dns_canonicalize_hostname: true, rdns: false },
    })

    it('the name that compose gives a service is the one in its principal', async () => {
      const client = await SampleClient.connect(4444, { target: TARGET }, HOST)
      assert.equal(client.context.complete, true)
      client.end()
    })
  })

  describe('looked up backwards too, as MIT does unless told otherwise', () => {
    useRealm({
      principals: { alice: 'secret' },
      kinit: 'alice',
      libdefaults: { dns_canonicalize_hostname: true, rdns: true },
    })

    it('the name behind the address is Docker’s own, which no KDC knows', async () => {
      assert.ok((await lookup(HOST)).address)
      const error = await failure(() => new Initiator({ target: TARGET }).step())
      assert.match(error.minorName ?? '', /S_PRINCIPAL_UNKNOWN|KRB5_REALM|KRB5_ERR_HOST_REALM/)
    })
  })
})
