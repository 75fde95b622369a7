import assert from 'node:assert/strict'
import { Credential, Initiator, library } from 'gssapi'
import {
  ALICE,
  delay,
  firstToken,
  itUnless,
  PASSWORD,
  SERVICE,
  SUITE,
  secondsLeft,
} from '../helpers/handshake'
import { useRealm } from '../helpers/realm'

const PASSED = 2100
const WINDOWS = library().backend === 'sspi' && 'Wine tells no lifetime before the end'

describe('a lifetime counts down while nobody asks the library', () => {
  useRealm(SUITE)

  itUnless(WINDOWS, 'of a credential', async () => {
    const credential = await Credential.acquire({ name: ALICE, password: PASSWORD })
    const before = credential.lifetime
    assert.ok(before !== null && before > 3600, String(before))
    await delay(PASSED)
    const after = credential.lifetime
    assert.ok(after !== null && after <= before - 2 && after > before - 60, `${before}, ${after}`)
  })

  itUnless(WINDOWS, 'of a context between two steps', async () => {
    const initiator = new Initiator({ target: SERVICE })
    await firstToken(initiator)
    const before = secondsLeft(initiator)
    await delay(PASSED)
    const after = secondsLeft(initiator)
    assert.ok(before > 3600, String(before))
    assert.ok(after <= before - 2 && after > before - 60, `${before}, ${after}`)
  })
})
