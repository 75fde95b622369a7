import { Realm, type KinitOptions, type RealmOptions } from 'gssapi/testing'

/** A realm for a mocha suite: {@link RealmOptions}, and who gets a ticket before its first test. */
export interface SuiteRealmOptions extends RealmOptions {
  /** The principal that gets a ticket, in the realm's default cache. Others: `realm().kinit()`. */
  kinit?: string
  /** How `kinit` gets the ticket. */
  kinitOptions?: KinitOptions
}

/**
 * Call it in a `describe`: before the suite's tests it makes a realm and puts its variables into
 * process.env, after them it puts the old ones back and disposes of the realm. The result gives the
 * realm within tests and hooks:
 *
 *     const realm = useRealm({ principals: { alice: 'secret' }, kinit: 'alice' })
 *     it('...', async () => { await realm().kinit('alice', { ccache: 'other' }) })
 */
export function useRealm(options: SuiteRealmOptions = {}): () => Realm {
  const { kinit, kinitOptions, ...realmOptions } = options
  let realm: Realm | undefined
  let restore: (() => void) | undefined

  before('make a Kerberos realm', async () => {
    realm = await Realm.create(realmOptions)
    restore = realm.use()
    if (kinit !== undefined) await realm.kinit(kinit, kinitOptions)
  })

  after('dispose of the Kerberos realm', async () => {
    restore?.()
    await realm?.dispose()
    realm = undefined
  })

  return () => {
    if (!realm) throw new Error('The realm lives only while the tests and hooks of its suite run')
    return realm
  }
}
