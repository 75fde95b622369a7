/** A KDC ends, whatever state it is in, and its directory goes, whatever was made of it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { Realm } from 'gssapi/testing'
import { WATCHDOG } from '../../lib/testing/watchdog'
import { eventually, isAlive, kdcOf, plainEnv, processes } from '../helpers/processes'
import { findProgram, programPath } from '../helpers/programs'

const NOBODY = 65_534

/** A folder in which krb5kdc is this script; the others are MIT's. `$KDC` is the real one. */
function withKdc(folder: string, script: string): string {
  const text = `#!/bin/sh\nKDC=${programPath('krb5kdc')}\n${script}\n`
  fs.writeFileSync(join(folder, 'krb5kdc'), text, { mode: 0o755 })
  for (const tool of ['kdb5_util', 'kadmin.local', 'kinit']) {
    fs.symlinkSync(programPath(tool), join(folder, tool))
  }
  return folder
}

const SKIP = findProgram('krb5kdc') === undefined ? describe.skip : describe

SKIP('gssapi/testing: the watchdog', function () {
  this.timeout(30_000)
  let folder: string
  beforeEach(() => {
    folder = fs.mkdtempSync(join(tmpdir(), 'gssapi-watchdog-'))
  })
  afterEach(() => {
    fs.rmSync(folder, { recursive: true, force: true })
  })

  it('ends a KDC that a signal had stopped, and it can be started again', async () => {
    await using realm = await Realm.create({ principals: { alice: 'secret' } })
    for (const { pid } of kdcOf(realm)) process.kill(pid, 'SIGSTOP')
    await realm.stopKdc()
    assert.equal(kdcOf(realm).length, 0)
    await realm.startKdc()
    await realm.kinit('alice')
  })

  it('ends what does not end when it is told to, within seconds', async () => {
    const stubborn = `trap '' TERM\n"$KDC" "$@" &\nwhile :; do sleep 1; done`
    const realm = await Realm.create({ searchPath: [withKdc(folder, stubborn)] })
    const group = processes(realm.dir)
    assert.ok(group.length >= 3, 'the watchdog, the script and the KDC')
    try {
      assert.equal(await Promise.race([realm.dispose(), delay(15_000, 'waits')]), undefined)
      assert.equal(fs.existsSync(realm.dir), false)
      await eventually('all is ended', () => !group.some(({ pid }) => isAlive(pid)))
    } finally {
      if (group[0] && isAlive(group[0].pgid)) process.kill(-group[0].pgid, 'SIGKILL')
    }
  })

  it('removes a directory that its user has closed, without the rights of root', async () => {
    fs.chmodSync(folder, 0o777)
    const root = process.getuid?.() === 0
    const dir = join(folder, 'realm')
    const child = spawn('/bin/sh', ['-c', WATCHDOG, 'gssapi-testing', dir, 'true'], {
      cwd: '/',
      detached: true,
      env: plainEnv,
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(root && { uid: NOBODY, gid: NOBODY }),
    })
    await once(createInterface({ input: child.stdout }), 'line')
    const closed = join(dir, 'closed')
    fs.mkdirSync(closed)
    fs.writeFileSync(join(closed, 'file'), '')
    for (const each of [closed, join(closed, 'file')]) {
      if (root) fs.chownSync(each, NOBODY, NOBODY)
    }
    fs.chmodSync(closed, 0)
    const ended = once(child, 'exit')
    child.stdin.end()
    await ended
    assert.equal(fs.existsSync(dir), false)
  })

  it('starts no KDC whose clock could not be shifted', async function () {
    const unshifted = `LD_PRELOAD=/nonexistent/libfaketime.so.1 exec "$KDC" "$@"`
    const searchPath = [withKdc(folder, unshifted)]
    await assert.rejects(
      Realm.create({ searchPath, clockOffset: -1200 }),
      (error: Error & { code?: string }) => {
        if (error.code === 'ERR_GSS_TESTING_FAKETIME_NOT_FOUND') {
          this.test!.title += ' (libfaketime is not installed)'
          return this.skip()
        }
        assert.equal(error.code, 'ERR_GSS_TESTING_KDC_FAILED')
        assert.match(error.message, /preload/)
        return true
      },
    )
    await (await Realm.create({ searchPath })).dispose()
  })
})
