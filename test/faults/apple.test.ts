import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configure, Credential, library, Name, type LibraryInfo } from 'gssapi'
import {
  appleHas,
  buildAppleLibrary,
  buildNeedyLibrary,
  systemLibrary,
} from '../helpers/apple-library'
import { runForJson } from '../helpers/child'
import { establish, PAIR_REALM } from '../helpers/pair'
import { useRealm } from '../helpers/realm'

const heimdal = systemLibrary('libgssapi.so.3')
const mit = systemLibrary('libgssapi_krb5.so.2')
const missing = [heimdal ? '' : "Heimdal's libgssapi.so.3", mit ? '' : "MIT's libgssapi_krb5.so.2"]
const why = missing.filter(Boolean).join(' and ')
const suite = why === '' ? describe : describe.skip
const title = (text: string): string => (why === '' ? text : `${text} [${why} is not installed]`)

const ALICE = 'alice@EXAMPLE.TEST'
const folder = mkdtempSync(join(tmpdir(), 'gssapi-apple-'))
const FRAMEWORK = join(folder, 'GSS.framework', 'Versions', 'A', 'GSS')

const describeLibrary = (path: string): Promise<LibraryInfo> =>
  runForJson<LibraryInfo>('faults/programs/describe', [], { env: { GSSAPI_LIBRARY: path } })

suite(title("a library with the names of Apple's GSS.framework, Heimdal behind them"), function () {
  this.timeout(60_000)
  before('compile it', () => {
    buildAppleLibrary(FRAMEWORK, heimdal!)
    configure({ library: FRAMEWORK })
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  useRealm(PAIR_REALM)

  it('it is taken for another, or a function is named that it lacks', () => {
    const { backend, implementation, version, path, features } = library()
    assert.deepEqual(
      { backend, implementation, version, path },
      {
        backend: 'gssapi',
        implementation: 'apple',
        version: '',
        path: FRAMEWORK,
      },
    )
    assert.deepEqual(
      features.filter((name) => !appleHas(name)),
      [],
    )
  })

  it('the functions that Apple exports under names of its own are not found', () => {
    const { features } = library()
    for (const name of ['gss_wrap_iov', 'gss_unwrap_iov', 'gss_wrap_iov_length']) {
      assert.ok(features.includes(name), name)
    }
  })

  it('no context is established, or a message does not arrive', async () => {
    for (const mechanism of ['krb5', 'spnego'] as const) {
      const { client, server } = await establish({ mechanism })
      assert.equal(String(server.initiatorName), ALICE)
      for (const text of ['', 'x', 'x'.repeat(100_000)]) {
        const message = Buffer.from(text)
        assert.deepEqual(server.unwrap(client.wrap(message)).message, message)
        assert.deepEqual(
          client.unwrap(server.wrap(message, { confidential: false })).message,
          message,
        )
        server.verifyMic(message, client.getMic(message))
      }
      const altered = client.wrap(Buffer.from('x'))
      altered[altered.length - 1]! ^= 1
      assert.throws(() => server.unwrap(altered), { name: 'GssError' })
    }
  })

  it('an extension that it lacks is called all the same', async () => {
    const unsupported = { name: 'GssError', code: 'ERR_GSS_UNSUPPORTED' }
    const store = { ccache: process.env['KRB5CCNAME']! }
    await assert.rejects(Credential.acquire({ store }), unsupported)
    const credential = await Credential.acquire()
    await assert.rejects(credential.store({ overwrite: true }), unsupported)
    await assert.rejects(credential.impersonate(ALICE), unsupported)
    assert.throws(() => credential.setNegotiableMechanisms(['krb5']), unsupported)
    await assert.rejects(Name.user(ALICE).localName(), unsupported)
    await assert.rejects(Credential.acquire({ store }), /GSS\.framework.*apple/)
  })

  it("macOS keeps it in no file, and its path is ''", async () => {
    const copy = join(folder, 'without-a-file')
    copyFileSync(FRAMEWORK, copy)
    const { implementation, path, features } = await runForJson<LibraryInfo>(
      'faults/programs/describe',
      [copy],
    )
    assert.equal(implementation, 'apple')
    assert.match(path, /^\/proc\/self\/fd\/\d+$/)
    assert.deepEqual(features, library().features)
  })

  it("a library that needs Apple's is given functions of Apple's", async () => {
    const needy = join(folder, 'lib', 'libgssapi_krb5.so')
    const told = await describeLibrary(buildNeedyLibrary(needy, mit!, FRAMEWORK))
    assert.deepEqual(told.features, [])
    assert.equal(told.implementation, 'mit')
    assert.equal(told.path, needy)
  })
})
