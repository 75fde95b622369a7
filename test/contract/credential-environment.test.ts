import assert from 'node:assert/strict'
import { access, copyFile, mkdir, unlink, writeFile } from 'node:fs/promises'
import { Credential, Initiator, RenewingCredential } from 'gssapi'
import {
  ALICE,
  established,
  failure,
  heimdal,
  itUnless,
  MECHANISMS,
  onHeimdal,
  PASSWORD,
  SERVICE,
  withEnv,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const BOB = 'bob@EXAMPLE.TEST'
const NOT_LATER = heimdal('7.8 looks into the environment when the call runs')
const NO_CLIENT_KEYTAB = heimdal('7.8 gets no ticket from a client keytab by itself')
const NO_COLLECTION = heimdal('7.8 knows one cache of a collection')
const NO_ENCTYPES = heimdal('7.8 takes a service’s ticket that the cache has, whatever its key')
const NO_ADD = heimdal('adding is refused there, untried')

describe('a credential is held to the environment in which it was acquired', () => {
  const realm = useRealm({
    principals: { alice: PASSWORD, bob: 'mad-hatter-2' },
    services: [SERVICE, 'test@other.example.test'],
  })
  let alice = ''
  let bob = ''
  before(async () => {
    alice = await realm().kinit('alice', { ccache: 'of-alice' })
    bob = await realm().kinit('bob', { ccache: 'of-bob' })
  })

  const under = <T>(ccache: string, body: () => Promise<T>) => withEnv({ KRB5CCNAME: ccache }, body)
  const whoIs = async (credential: Credential, mechanism = 'krb5') => {
    const { acceptor } = await established({ initiator: { credential, mechanism } })
    return String(acceptor.initiatorName)
  }

  for (const mechanism of MECHANISMS) {
    it(`${mechanism}: who acquired acts, whatever KRB5CCNAME says at the first use`, async () => {
      const [first, second] = [
        await under(alice, () => Credential.acquire()),
        await under(bob, () => Credential.acquire()),
      ]
      assert.deepEqual(
        await under(bob, async () => [
          await whoIs(first, mechanism),
          await whoIs(first, mechanism),
        ]),
        [ALICE, ALICE],
      )
      assert.equal(await under(alice, () => whoIs(second, mechanism)), BOB)
    })

    it(`${mechanism}: by name too`, async () => {
      const named = await under(alice, () => Credential.acquire({ name: ALICE }))
      assert.equal(await under(bob, () => whoIs(named, mechanism)), ALICE)
    })
  }

  it('inquire asks there', async () => {
    const credential = await under(alice, () => Credential.acquire())
    const info = await under(bob, () => credential.inquire())
    assert.equal(String(info.name), ALICE)
    assert.equal(await under(bob, () => whoIs(credential)), ALICE)
  })

  itUnless(NO_ENCTYPES, 'the options that it has been given go with it', async () => {
    const credential = await under(alice, () => Credential.acquire({ enctypes: [17] }))
    await under(bob, async () => {
      const { acceptor } = await established({ initiator: { credential } })
      assert.equal(String(acceptor.initiatorName), ALICE)
      assert.equal(acceptor.sessionKey().type, 17)
    })
  })

  itUnless(NOT_LATER, 'the moment is that of the call, not of its end', async () => {
    const variables = { KRB5CCNAME: alice, KRB5_KTNAME: realm().keytab }
    const later = { KRB5CCNAME: bob, KRB5_KTNAME: `FILE:${realm().dir}/none` }
    for (const name of [undefined, ALICE]) {
      let pending: Promise<Credential> | undefined
      await withEnv(variables, () => {
        pending = Credential.acquire({ ...(name !== undefined && { name }) })
        return Promise.resolve()
      })
      await withEnv(later, async () => {
        const credential = await pending!
        const initiator = { credential }
        const keytab = realm().keytab
        const acceptor = await Credential.acquire({ usage: 'accept', store: { keytab } })
        const pair = await established({ initiator, acceptor: { credential: acceptor } })
        assert.equal(String(pair.acceptor.initiatorName), ALICE)
      })
    }
    let accepting: Promise<Credential> | undefined
    await withEnv(variables, () => {
      accepting = Credential.acquire({ usage: 'accept', name: SERVICE })
      return Promise.resolve()
    })
    await withEnv({ ...later, KRB5CCNAME: alice }, async () => {
      await established({ acceptor: { credential: await accepting! } })
    })
  })

  it('an acceptor keeps its keytab', async () => {
    const credential = await Credential.acquire({ usage: 'accept' })
    await withEnv({ KRB5_KTNAME: `FILE:${realm().dir}/none` }, () =>
      under(alice, () => established({ acceptor: { credential } })),
    )
  })

  itUnless(
    heimdal('7.8 finds no initiator credential then'),
    'one for both sides keeps cache and keytab',
    async () => {
      const credential = await under(alice, () =>
        Credential.acquire({ usage: 'both', mechanisms: ['krb5'] }),
      )
      await withEnv({ KRB5CCNAME: bob, KRB5_KTNAME: `FILE:${realm().dir}/none` }, async () => {
        const { acceptor } = await established({
          initiator: { credential },
          acceptor: { credential },
        })
        assert.equal(String(acceptor.initiatorName), ALICE)
      })
    },
  )

  it('exported there and imported elsewhere, it is still who it was', async () => {
    const token = await under(alice, async () => (await Credential.acquire()).export())
    await under(bob, async () => {
      const copy = await Credential.import(token)
      assert.equal(copy.name, onHeimdal ? copy.name : null)
      assert.equal(await whoIs(copy), ALICE)
      assert.equal(String((await (await Credential.import(token)).inquire()).name), ALICE)
    })
  })

  itUnless(
    NO_ADD,
    'what is added is of the environment of the moment, and the first stays',
    async () => {
      const base = await under(alice, () => Credential.acquire({ mechanisms: ['krb5'] }))
      const sum = await under(bob, () => base.add({ mechanism: 'spnego' }))
      await under(realm().ccache, async () => {
        assert.equal(await whoIs(sum, 'krb5'), ALICE)
        assert.equal(await whoIs(sum, 'spnego'), BOB)
        assert.equal(await whoIs(base), ALICE)
      })
    },
  )

  itUnless(
    NO_COLLECTION,
    'of a collection the target still chooses, in that collection',
    async () => {
      const [here, there, home] = ['here', 'there', 'home'].map((name) => `${realm().dir}/${name}`)
      await realm().kinit('alice', { ccache: `DIR::${here}/tkt` })
      await realm().kinit('bob', { ccache: `DIR::${here}/tktbob` })
      await realm().kinit('alice', { ccache: `DIR::${there}/tkt` })
      await mkdir(home!, { recursive: true })
      const rule = 'bob@EXAMPLE.TEST service=test host=other.example.test\n'
      await writeFile(`${home}/.k5identity`, rule)
      await writeFile(`${here}/primary`, 'tkt\n')
      await withEnv({ KRB5CCNAME: `DIR:${here}`, HOME: home }, async () => {
        const [one, other] = [await Credential.acquire(), await Credential.acquire()]
        const exported = await Credential.acquire()
        await under(`DIR:${there}`, async () => {
          const target = 'test@other.example.test'
          const { acceptor } = await established({ initiator: { credential: one, target } })
          assert.equal(String(acceptor.initiatorName), BOB)
          assert.equal(await whoIs(other), ALICE)
          assert.equal(await whoIs(one), BOB, 'decided once')
          await new Initiator({ target, credential: exported }).step()
          const copy = await Credential.import(await exported.export())
          assert.equal(await whoIs(copy), BOB, 'decided before it was exported')
        })
      })
    },
  )

  itUnless(NO_CLIENT_KEYTAB, 'KRB5_CLIENT_KTNAME is kept as well', async () => {
    const keytab = await realm().extractKeytab('alice')
    const other = await realm().extractKeytab('bob')
    const cache = (name: string) => `FILE:${realm().dir}/${name}`
    const before = { KRB5CCNAME: cache('from-keytab'), KRB5_CLIENT_KTNAME: keytab }
    const after = { KRB5CCNAME: cache('from-other'), KRB5_CLIENT_KTNAME: other }
    const credential = await withEnv(before, () => Credential.acquire())
    const renewing = await withEnv(before, () => RenewingCredential.start())
    await withEnv(after, async () => {
      assert.equal(await whoIs(credential), ALICE)
      assert.equal(await whoIs(await renewing.renew()), ALICE)
    })
    renewing.dispose()
  })

  itUnless(heimdal('7.8 has no S4U2Self'), 'impersonates with whose it is', async () => {
    const service = await realm().kinit('test/server.example.test', {
      ccache: 'of-service',
      keytab: realm().keytab,
    })
    const credential = await under(service, () => Credential.acquire())
    const user = await under(bob, () => credential.impersonate(ALICE))
    assert.equal(String((await user.inquire({ mechanism: 'krb5' })).name), ALICE)
  })

  it('contexts at once decide it once', async () => {
    const credential = await under(alice, () => Credential.acquire())
    await under(bob, async () => {
      const names = await Promise.all(Array.from({ length: 24 }, () => whoIs(credential)))
      assert.deepEqual(new Set(names), new Set([ALICE]))
    })
  })

  it('where it has no ticket there, another environment’s is not taken', async () => {
    await copyFile(bob.slice('FILE:'.length), `${realm().dir}/gone`)
    const credential = await under(`FILE:${realm().dir}/gone`, () => Credential.acquire())
    await unlink(`${realm().dir}/gone`)
    await under(alice, async () => {
      const error = await failure(() => whoIs(credential))
      assert.match(error.code, /^GSS_S_/)
      if (!onHeimdal) assert.equal(error.call, 'gss_init_sec_context')
      await copyFile(bob.slice('FILE:'.length), `${realm().dir}/gone`)
      assert.equal(await whoIs(credential), BOB)
    })
  })

  it('relative names mean what they meant, wherever the process goes', async () => {
    const folder = process.cwd()
    try {
      process.chdir(realm().dir)
      const [file] = alice.split('/').slice(-1)
      const keytab = realm().keytab.split('/').slice(-1)[0]!
      const made = [
        await Credential.acquire({ store: { ccache: file } }),
        await Credential.acquire({ store: { ccache: `FILE:./${file}` } }),
      ]
      if (!onHeimdal) {
        for (const [name, options] of [
          [`FILE:${file}`, {}],
          [file, { name: ALICE }],
        ] as const) {
          made.push(
            await under(name!, () => Credential.acquire({ mechanisms: ['krb5'], ...options })),
          )
        }
      }
      const accepting = [
        await Credential.acquire({ usage: 'accept', store: { keytab } }),
        await Credential.acquire({ usage: 'accept', store: { keytab: `FILE:${keytab}` } }),
      ]
      // Heimdal reads the variable when the key is looked for, in the folder of that moment.
      if (!onHeimdal) {
        accepting.push(
          await withEnv({ KRB5_KTNAME: keytab }, () => Credential.acquire({ usage: 'accept' })),
        )
      }
      process.chdir('/')
      for (const credential of made) assert.equal(await whoIs(credential), ALICE)
      for (const credential of accepting) {
        await established({ initiator: { credential: made[0] }, acceptor: { credential } })
      }
    } finally {
      process.chdir(folder)
    }
  })

  itUnless(NO_CLIENT_KEYTAB, 'relative client keytabs, replay caches and folders too', async () => {
    const folder = process.cwd()
    try {
      await realm().extractKeytab('alice', `${realm().dir}/client.keytab`)
      process.chdir(realm().dir)
      const store = { clientKeytab: 'client.keytab', ccache: 'DIR:relative' }
      await mkdir('relative', { mode: 0o700 })
      const credential = await Credential.acquire({ store, mechanisms: ['krb5'] })
      const rcache = { keytab: realm().keytab, rcache: 'file2:replayed' }
      const accepting = await Credential.acquire({ usage: 'accept', store: rcache })
      process.chdir('/')
      const pair = await established({
        initiator: { credential },
        acceptor: { credential: accepting },
      })
      assert.equal(String(pair.acceptor.initiatorName), ALICE)
      const again = await Credential.acquire({ store: { ccache: `DIR:${realm().dir}/relative` } })
      assert.equal(await whoIs(again), ALICE)
      await access(`${realm().dir}/replayed`)
    } finally {
      process.chdir(folder)
    }
  })
})
