import { Realm, type KinitOptions, type RealmOptions } from 'gssapi/testing'
import { externalKdc, ExternalRealm, needsOwnKdc } from './external-realm'
import { createRemote, hasDesk, pointAt } from './remote-realm'

/** A realm for a mocha suite: {@link RealmOptions}, and who gets a ticket before its first test. */
export interface SuiteRealmOptions extends RealmOptions {
  /** The principal that gets a ticket, in the realm's default cache. Others: `realm().kinit()`. */
  kinit?: string
  /** How `kinit` gets the ticket. */
  kinitOptions?: KinitOptions
}

const kdc = externalKdc()

/** A realm of this process, or one of the KDC that GSSAPI_TEST_KDC names. */
async function makeRealm(options: RealmOptions): Promise<Realm> {
  // The members are a Realm's; its private fields nobody here can ask for.
  return kdc
    ? ((await ExternalRealm.create(kdc, options)) as object as Realm)
    : Realm.create(options)
}

/** Skips the suite of a hook, with the reason in the title of each test. */
export function skipSuite(hook: Mocha.Context, reason: string): never {
  hook.test?.parent?.eachTest((test) => (test.title += ` [${reason}]`))
  return hook.skip()
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
  const gap = kdc && needsOwnKdc(realmOptions)
  let realm: Realm | undefined
  let restore: (() => void) | undefined

  before('make a Kerberos realm', async function () {
    if (gap !== undefined) skipSuite(this, gap)
    realm = hasDesk ? await createRemote(realmOptions) : await makeRealm(realmOptions)
    if (hasDesk) await pointAt(realm)
    else restore = realm.use()
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
