import assert from 'node:assert/strict'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Credential, Initiator } from 'gssapi'
import { Realm } from 'gssapi/testing'
import { assertHint, failure } from '../helpers/failure'
import { useRealm } from '../helpers/realm'
import { dispose, establish, PAIR_REALM, SERVICE } from '../helpers/pair'

describe('a ticket cache that is of no use', function () {
  this.timeout(30_000)
  const realm = useRealm(PAIR_REALM)
  const good = () => readFileSync(join(realm().dir, 'ccache'))

  function file(name: string, content: string | Uint8Array): string {
    const path = join(realm().dir, name)
    writeFileSync(path, content)
    return `FILE:${path}`
  }

  async function initiate(ccache: string): Promise<void> {
    const credential = await Credential.acquire({ store: { ccache } })
    await new Initiator({ target: SERVICE, credential }).step()
  }

  const cases: [what: string, ccache: () => string, minor: string, hint: RegExp][] = [
    ['missing', () => `FILE:${realm().dir}/no-such-cache`, 'KRB5_FCC_NOFILE', /run kinit/],
    ['empty', () => file('empty', ''), 'KRB5_CC_FORMAT', /damaged/],
    ['other data', () => file('text', 'this is no cache'), 'KRB5_CCACHE_BADVNO', /damaged/],
    ['cut in its header', () => file('cut3', good().subarray(0, 3)), 'KRB5_CC_FORMAT', /damaged/],
    ['cut in its name', () => file('cut20', good().subarray(0, 20)), 'KRB5_CC_END', /kinit/],
    ['cut in its ticket', () => file('cut', good().subarray(0, 300)), 'KG_EMPTY_CCACHE', /kinit/],
    ['a directory', () => `FILE:${realm().dir}`, 'KRB5_CC_FORMAT', /damaged/],
    ['of an unknown type', () => 'NONSENSE:somewhere', 'KRB5_CC_UNKNOWN_TYPE', /cache/],
    ['a collection that is not there', () => 'DIR:/no/such/dir', 'KRB5_FCC_NOFILE', /kinit/],
  ]
  for (const [what, ccache, minor, hint] of cases) {
    it(`a cache that is ${what} does not say what is the matter`, async () => {
      const error = await failure(() => initiate(ccache()))
      assert.equal(error.code, 'GSS_S_NO_CRED')
      assert.equal(error.minorName, minor)
      assertHint(error, hint)
    })
  }

  it('a cache that this user may not read does not say so [root may read everything]', async function () {
    if (process.getuid?.() === 0) this.skip() // root may read everything
    const ccache = file('forbidden', good())
    chmodSync(ccache.slice('FILE:'.length), 0)
    const error = await failure(() => initiate(ccache))
    assert.equal(error.code, 'GSS_S_NO_CRED')
    assertHint(error, /kinit/)
  })

  it('a cache of somebody else is used for the name that was asked for', async () => {
    await realm().addPrincipal('bob', 'secret of bob')
    const ccache = await realm().kinit('bob', { ccache: 'bob', password: 'secret of bob' })
    const error = await failure(() => Credential.acquire({ name: 'alice', store: { ccache } }))
    assert.equal(error.code, 'GSS_S_NO_CRED')
    assert.equal(error.minorName, 'KG_CCACHE_NOMATCH')
    assertHint(error, /kinit/)
  })

  it('a cache of another realm hangs or crashes', async () => {
    await using other = await Realm.create({ realm: 'OTHER.TEST', principals: { eve: 'e' } })
    const ccache = await other.kinit('eve')
    const error = await failure(() => initiate(ccache))
    assert.match(error.code, /^GSS_S_/)
    assert.ok(error.hint, error.message)
  })

  it('the default cache is not named where it is missing', async () => {
    const before = process.env['KRB5CCNAME']
    process.env['KRB5CCNAME'] = 'FILE:/no/such/cache'
    const error = await failure(() => new Initiator({ target: SERVICE }).step())
    process.env['KRB5CCNAME'] = before
    assert.equal(error.code, 'GSS_S_NO_CRED')
    assertHint(error, /FILE:\/no\/such\/cache: run kinit/)
  })

  it('a cache that is mended stays refused', async () => {
    const ccache = file('mended', good().subarray(0, 300))
    await failure(() => initiate(ccache))
    file('mended', good())
    const credential = await Credential.acquire({ store: { ccache } })
    dispose(await establish({ credential }))
  })
})
