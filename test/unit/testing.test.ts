import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import crypto from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inspect, promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { Realm, type RealmOptions } from 'gssapi/testing'
import { eventually, isAlive, kdcOf, plainEnv, processes } from '../helpers/processes'
import { useRealm } from '../helpers/realm'

const HOST = 'server.example.test'
const SERVICE = `HTTP@${HOST}`
const PRINCIPAL = `HTTP/${HOST}@EXAMPLE.TEST`

const execute = promisify(execFile)

async function run(realm: Realm, command: string, ...args: string[]): Promise<string> {
  const env = { ...plainEnv, ...realm.env }
  return (await execute(command, args, { env })).stdout
}

const rejection = (code: string, message = /./) => ({ code, message })

describe('gssapi/testing: a realm', () => {
  const realm = useRealm({
    principals: {
      alice: 'a "b" c\\$x;#é',
      bob: true,
      carol: { attributes: ['+requires_preauth'] },
    },
    services: [SERVICE, 'test/other.example.test'],
    kinit: 'alice',
  })

  it('gives a ticket for a password, whatever characters it has', async () => {
    assert.match(await run(realm(), 'klist'), /Default principal: alice@EXAMPLE\.TEST/)
    const ccache = await realm().kinit('alice', { password: 'a "b" c\\$x;#é', ccache: 'again' })
    assert.equal(ccache, `FILE:${join(realm().dir, 'again')}`)
    assert.match(await run(realm(), 'klist', '-c', ccache), /krbtgt\/EXAMPLE\.TEST@EXAMPLE\.TEST/)
  })

  it('gives a ticket for a keytab', async () => {
    const keytab = await realm().extractKeytab('bob')
    const ccache = await realm().kinit('bob@EXAMPLE.TEST', { keytab, ccache: 'bob' })
    assert.match(await run(realm(), 'klist', '-c', ccache), /Default principal: bob@EXAMPLE\.TEST/)
  })

  it('gives a ticket for a random key without being told a keytab', async () => {
    const ccache = await realm().kinit('carol', { ccache: 'carol' })
    assert.match(await run(realm(), 'klist', '-c', ccache), /Default principal: carol@/)
    assert.match(await realm().kadmin('get_principal carol'), /Attributes: REQUIRES_PRE_AUTH/)
  })

  it('gives a service ticket that the key in the service keytab decrypts', async () => {
    const out = await run(realm(), 'kvno', '-k', realm().keytab, PRINCIPAL)
    assert.match(out, /kvno = 1, keytab entry valid/)
  })

  it('puts every service into the keytab, also one that is added later', async () => {
    assert.equal(
      await realm().addService('late@h.example.test'),
      'late/h.example.test@EXAMPLE.TEST',
    )
    const list = await run(realm(), 'klist', '-k')
    for (const name of [PRINCIPAL, 'test/other.example.test', 'late/h.example.test']) {
      assert.ok(list.includes(name), name)
    }
  })

  it('leaves a keytab behind the KDC when keys change', async () => {
    await realm().addService('stale@h', { keytab: join(realm().dir, 'old') })
    await realm().changeKeys('stale/h', { keytab: join(realm().dir, 'new') })
    const get = (keytab: string) =>
      realm().kinit('stale/h', { keytab: join(realm().dir, keytab), ccache: 'stale' })
    await get('new')
    await assert.rejects(get('old'), rejection('ERR_GSS_TESTING_COMMAND_FAILED'))
    assert.match(await run(realm(), 'kvno', 'stale/h'), /kvno = 2/)
  })

  it('honours lifetime, renewable and forwardable', async () => {
    const options = { lifetime: 60, renewable: 7200, forwardable: false, ccache: 'short' }
    const ccache = await realm().kinit('alice', options)
    const flags = /Flags: (\w+)/.exec(await run(realm(), 'klist', '-f', '-c', ccache))?.[1] ?? ''
    assert.ok(flags.includes('R') && !flags.includes('F'), flags)
  })

  it('deletes a principal', async () => {
    await realm().addPrincipal('gone', 'secret')
    await realm().deletePrincipal('gone')
    await assert.rejects(realm().kinit('gone', { password: 'secret' }), /not found in Kerberos/)
  })

  it('does not take a failed kadmin command for a success', async () => {
    for (const command of ['get_principal nobody', 'no_such_command', 'add_principal "x']) {
      await assert.rejects(realm().kadmin(command), rejection('ERR_GSS_TESTING_COMMAND_FAILED'))
    }
  })

  it('shows no password in an error', async () => {
    const failures = [
      () => realm().kinit('alice', { password: 'hunter2-secret' }),
      () => realm().addPrincipal('alice', 'hunter2-secret'),
      () => realm().addPrincipal('dora', { password: 'hunter2-secret', randomKey: true }),
      () => realm().addPrincipal('dora', 'hunter2-secret\n'),
      () => realm().kadmin('add_principal -pw hunter2-secret alice'),
      () => realm().kadmin('add_principal -pw hunter2-secret dora\n'),
    ]
    for (const failure of failures) {
      const error: unknown = await failure().catch((thrown: unknown) => thrown)
      assert.ok(error instanceof Error)
      const all = inspect(error, { showHidden: true })
      assert.ok(!all.includes('hunter2'), all)
    }
  })

  it('serves calls made at once', async () => {
    const names = ['p1', 'p2', 'p3', 'p4']
    await Promise.all(names.map((name) => realm().addPrincipal(name, `${name}-password`)))
    await Promise.all(names.map((name) => realm().kinit(name, { ccache: name })))
  })

  it('sets the environment by use() alone, and puts it back', () => {
    const restore = realm().use()
    assert.equal(process.env['KRB5_CONFIG'], realm().krb5Conf)
    restore()
    const { KRB5_CONFIG } = process.env
    delete process.env['KRB5_CONFIG']
    process.env['KRB5RCACHENAME'] = 'none:'
    const again = realm().use()
    assert.equal(process.env['KRB5RCACHENAME'], undefined)
    again()
    assert.equal(process.env['KRB5_CONFIG'], undefined)
    assert.equal(process.env['KRB5RCACHENAME'], 'none:')
    delete process.env['KRB5RCACHENAME']
    process.env['KRB5_CONFIG'] = KRB5_CONFIG
  })

  it('keeps its directory from other users', () => {
    assert.equal(fs.statSync(realm().dir).mode & 0o777, 0o700)
  })
})

describe('gssapi/testing: the KDC', () => {
  const realm = useRealm({ principals: { alice: 'secret' } })

  async function answersTcp(): Promise<boolean> {
    const socket = connect(realm().kdcPort, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(Buffer.from([0, 0, 0, 1, 0]))
    const answered = once(socket, 'data').then(() => true)
    const ended = once(socket, 'end').then(() => true)
    const result = await Promise.race([answered, ended, delay(300, false)])
    socket.destroy()
    return result
  }

  async function answersUdp(): Promise<boolean> {
    const socket = createSocket('udp4')
    socket.send(Buffer.from([0]), realm().kdcPort, '127.0.0.1')
    const result = await Promise.race([once(socket, 'message').then(() => true), delay(300, false)])
    socket.close()
    return result
  }

  afterEach(() => realm().startKdc())

  it('silent, takes and never answers; started again, it serves', async () => {
    const port = realm().kdcPort
    assert.equal(await answersTcp(), true)
    await realm().silentKdc()
    assert.deepEqual([await answersTcp(), await answersUdp()], [false, false])
    assert.equal(kdcOf(realm()).length, 0)
    await realm().startKdc()
    assert.equal(realm().kdcPort, port)
    await realm().kinit('alice')
  })

  it('silent, does not keep a process alive', () => {
    const script = `
      const { Realm } = require(${JSON.stringify(require.resolve('gssapi/testing'))})
      Realm.create().then((realm) => realm.silentKdc()).then(() => process.stdout.write('silent'))`
    const child = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 10_000 })
    assert.deepEqual([child.status, child.stdout], [0, 'silent'], child.stderr)
  })

  it('stopped, refuses; started again, it serves', async () => {
    await realm().stopKdc()
    await assert.rejects(answersTcp(), rejection('ECONNREFUSED'))
    await assert.rejects(realm().kinit('alice'), /Cannot contact any KDC/)
    await realm().startKdc()
    await realm().kinit('alice')
  })

  it('is started and stopped twice without harm', async () => {
    await Promise.all([
      realm().stopKdc(),
      realm().stopKdc(),
      realm().startKdc(),
      realm().startKdc(),
    ])
    await Promise.all([realm().silentKdc(), realm().silentKdc(), realm().startKdc()])
    assert.equal(kdcOf(realm()).length, 1)
    await realm().kinit('alice')
  })

  it('that crashed is started again', async () => {
    for (const { pid } of kdcOf(realm())) process.kill(pid, 'SIGKILL')
    await eventually('the KDC is gone', () => kdcOf(realm()).length === 0)
    await delay(20)
    await realm().startKdc()
    await realm().kinit('alice')
  })
})

describe('gssapi/testing: Realm.create', () => {
  it('makes realms at once that do not know each other', async () => {
    const realms = await Promise.all(
      ['ONE.TEST', 'TWO.TEST', 'TWO.TEST'].map((name, index) =>
        Realm.create({ realm: name, principals: { alice: `secret-${index}` } }),
      ),
    )
    for (const [index, realm] of realms.entries()) {
      await realm.kinit('alice')
      const other = { password: `secret-${index + 1}` }
      await assert.rejects(realm.kinit('alice', other), rejection('ERR_GSS_TESTING_COMMAND_FAILED'))
    }
    assert.equal(new Set(realms.map(({ kdcPort }) => kdcPort)).size, 3)
    await Promise.all(realms.map((realm) => realm.dispose()))
  })

  it('is disposed of at the end of an await using block, and then refuses', async () => {
    let outside: Realm
    {
      await using realm = await Realm.create()
      outside = realm
    }
    assert.equal(fs.existsSync(outside.dir), false)
    await assert.rejects(
      outside.kinit('a', { password: 'b' }),
      rejection('ERR_GSS_TESTING_DISPOSED'),
    )
    await assert.rejects(outside.startKdc(), rejection('ERR_GSS_TESTING_DISPOSED'))
    await outside.dispose()
    outside.disposeSync()
  })

  /** Random ports are these first. */
  async function withPorts<T>(ports: number[], body: () => Promise<T>): Promise<T> {
    const original = crypto.randomInt
    const fake = (...args: [number, number]) => ports.shift() ?? original(...args)
    crypto.randomInt = fake as typeof original
    try {
      return await body()
    } finally {
      crypto.randomInt = original
    }
  }

  it('takes another port when the random one is taken', async () => {
    const port = 10_240 + (process.pid % 10_000)
    const taken = createServer().listen({ port, host: '127.0.0.1' })
    await once(taken, 'listening')
    const ports = [port, port]
    await using realm = await withPorts(ports, () => Realm.create({ principals: { a: 'secret' } }))
    taken.close()
    assert.notEqual(realm.kdcPort, port)
    assert.equal(ports.length, 0)
    await realm.kinit('a')
  })

  it('never shares a port with another KDC, although krb5kdc itself would', async () => {
    await using first = await Realm.create()
    const port = first.kdcPort
    await assert.rejects(Realm.create({ port }), rejection('ERR_GSS_TESTING_KDC_FAILED', /in use/))
    await first.stopKdc()
    await using second = await withPorts([port], () => Realm.create())
    assert.notEqual(second.kdcPort, port)
    await first.startKdc()
    await first.dispose()
    await using third = await withPorts([port], () => Realm.create())
    assert.equal(third.kdcPort, port)
  })

  it('uses the encryption types asked for, weak ones too', async () => {
    for (const encryptionTypes of [['aes256-cts-hmac-sha384-192'], ['arcfour-hmac']]) {
      const options = { principals: { alice: 'secret' }, services: [SERVICE], encryptionTypes }
      await using realm = await Realm.create(options)
      await realm.kinit('alice')
      await run(realm, 'kvno', PRINCIPAL)
      assert.ok((await run(realm, 'klist', '-ke')).includes(encryptionTypes[0] ?? 'none'))
    }
  })

  it('puts lifetimes and extra lines where MIT reads them', async () => {
    await using realm = await Realm.create({
      principals: { alice: 'secret' },
      ticketLifetime: 300,
      renewLifetime: 600,
      libdefaults: { forwardable: false, clockskew: 77 },
      kdc: { max_life: '200s' },
      krb5Conf: '[appdefaults]\n x = y\n',
      kdcConf: '[kdcdefaults]\n kdc_tcp_listen_backlog = 7\n',
    })
    const conf = fs.readFileSync(realm.krb5Conf, 'utf8')
    for (const line of ['ticket_lifetime = 300s', 'renew_lifetime = 600s', 'x = y']) {
      assert.ok(conf.includes(line), line)
    }
    assert.ok(conf.includes('forwardable = false') && conf.includes('clockskew = 77'))
    assert.match(await realm.kadmin('get_principal alice'), /Maximum ticket life: 0 days 00:03:20/)
  })

  it('shifts the clock of the KDC alone', async function () {
    let realm: Realm
    try {
      realm = await Realm.create({ principals: { alice: 'secret' }, clockOffset: -1200 })
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'ERR_GSS_TESTING_FAKETIME_NOT_FOUND')
      this.test!.title += ' (libfaketime is not installed)'
      return this.skip()
    }
    await realm.kinit('alice').catch(() => {})
    const log = fs.readFileSync(realm.log, 'utf8')
    const offset = Number(/authtime (\d+)/.exec(log)?.[1]) - Date.now() / 1000
    assert.ok(offset < -1190 && offset > -1210, `${offset}`)
    await realm.dispose()
  })

  it('names the packages to install where a program is missing', async () => {
    for (const searchPath of [[], ['/nonexistent']]) {
      await assert.rejects(
        Realm.create({ searchPath }),
        rejection(
          'ERR_GSS_TESTING_KDC_NOT_FOUND',
          /apt-get install krb5-kdc.*\n.*dnf.*\n.*apk.*\n/,
        ),
      )
    }
  })

  it('does not need PATH to find the KDC where systems put it', async () => {
    const { PATH } = process.env
    process.env['PATH'] = ''
    try {
      await (await Realm.create({ principals: { alice: 'secret' } })).dispose()
    } finally {
      process.env['PATH'] = PATH
    }
  })

  it('puts no secret on a command line', async () => {
    const dir = fs.mkdtempSync(join(tmpdir(), 'gssapi-test-'))
    const seen = join(dir, 'seen')
    for (const tool of ['krb5kdc', 'kdb5_util', 'kadmin.local', 'kinit']) {
      const script = `#!/bin/sh\necho "$0 $*" >> ${seen}\nPATH=$PATH:/usr/sbin:/sbin\nexec ${tool} "$@"\n`
      fs.writeFileSync(join(dir, tool), script, { mode: 0o755 })
    }
    try {
      await using realm = await Realm.create({ principals: { alice: 'secret' }, searchPath: [dir] })
      await realm.kinit('alice', { password: 'secret' })
      const text = fs.readFileSync(seen, 'utf8')
      assert.match(text, /kdb5_util[^]*kadmin\.local[^]*kinit/)
      assert.doesNotMatch(text, /secret| -P | -pw /)
    } finally {
      fs.rmSync(dir, { recursive: true })
    }
  })

  const bad: [string, unknown, string][] = [
    ['no object', null, 'ERR_INVALID_ARG_TYPE'],
    ['a misspelt option', { principal: {} }, 'ERR_INVALID_ARG_VALUE'],
    ['a realm that is a number', { realm: 5 }, 'ERR_INVALID_ARG_TYPE'],
    ['a realm with a line break', { realm: 'A\n[x]' }, 'ERR_INVALID_ARG_VALUE'],
    ['a realm with a brace', { realm: 'A}' }, 'ERR_INVALID_ARG_VALUE'],
    ['principals as a list', { principals: ['alice'] }, 'ERR_INVALID_ARG_TYPE'],
    ['a principal that is false', { principals: { alice: false } }, 'ERR_INVALID_ARG_TYPE'],
    ['an empty password', { principals: { alice: '' } }, 'ERR_INVALID_ARG_VALUE'],
    ['a principal that looks like a flag', { principals: { '-x': true } }, 'ERR_INVALID_ARG_VALUE'],
    ['a bad attribute', { principals: { a: { attributes: ['x'] } } }, 'ERR_INVALID_ARG_VALUE'],
    ['no key at all', { principals: { a: { randomKey: false } } }, 'ERR_INVALID_ARG_VALUE'],
    ['a service without host', { services: ['HTTP'] }, 'ERR_INVALID_ARG_VALUE'],
    ['a service that is no text', { services: [1] }, 'ERR_INVALID_ARG_TYPE'],
    ['no encryption type', { encryptionTypes: [] }, 'ERR_INVALID_ARG_VALUE'],
    ['a lifetime of NaN', { ticketLifetime: NaN }, 'ERR_INVALID_ARG_VALUE'],
    ['a negative lifetime', { renewLifetime: -1 }, 'ERR_INVALID_ARG_VALUE'],
    ['a lifetime of 2^53', { ticketLifetime: 2 ** 53 }, 'ERR_INVALID_ARG_VALUE'],
    ['forwardable as text', { forwardable: 'yes' }, 'ERR_INVALID_ARG_TYPE'],
    ['a relation with a line break', { libdefaults: { a: 'b\nc' } }, 'ERR_INVALID_ARG_VALUE'],
    ['a relation that is an object', { kdc: { a: {} } }, 'ERR_INVALID_ARG_TYPE'],
    ['port 0', { port: 0 }, 'ERR_INVALID_ARG_VALUE'],
    ['port 65536', { port: 65536 }, 'ERR_INVALID_ARG_VALUE'],
  ]
  for (const [what, options, code] of bad) {
    it(`refuses ${what}`, () =>
      assert.rejects(
        Realm.create(options as RealmOptions),
        (error: Error & { code?: string }) => error instanceof TypeError && error.code === code,
      ))
  }
})

describe('gssapi/testing: leaves nothing behind', () => {
  let dir: string

  beforeEach(() => {
    dir = fs.mkdtempSync(join(tmpdir(), 'gssapi-test-'))
  })

  afterEach(() => fs.rmSync(dir, { recursive: true }))

  /** Runs a script that has `Realm` and `realm`, with a directory of its own for temporary files. */
  async function runScript(ending: string, killAfter?: number): Promise<string> {
    const script = `
      const { Realm } = require(${JSON.stringify(require.resolve('gssapi/testing'))})
      Realm.create({ principals: { alice: 'secret' } }).then(async (realm) => {
        process.stdout.write(realm.dir + '\\n')
        ${ending}
      })`
    const child = spawn(process.execPath, ['-e', script], {
      env: { ...process.env, TMPDIR: dir },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    if (killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter)
    let output = ''
    child.stdout.on('data', (data: Buffer) => (output += data.toString()))
    await once(child, 'exit')
    return output
  }

  async function assertNothingLeft(): Promise<void> {
    await eventually('the directory is gone', () => fs.readdirSync(dir).length === 0)
    await eventually('the processes are gone', () => processes(dir).length === 0)
  }

  const orderly = {
    'a normal end without dispose': '',
    'process.exit': 'process.exit(3)',
    'process.exit with a second realm': 'await Realm.create(); process.exit(3)',
    'an uncaught exception': "setImmediate(() => { throw new Error('uncaught') })",
    'an unhandled rejection': "Promise.reject(new Error('unhandled'))",
  }
  for (const [name, ending] of Object.entries(orderly)) {
    it(`after ${name}, already when the process has ended`, async () => {
      assert.match(await runScript(ending), /gssapi-realm-/)
      assert.deepEqual(fs.readdirSync(dir), [])
      await assertNothingLeft()
    })
  }

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL']) {
    it(`after ${signal}`, async () => {
      const ending = `process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000)`
      assert.match(await runScript(ending), /gssapi-realm-/)
      await assertNothingLeft()
    })
  }

  it('after SIGKILL of a process with a silent KDC', async () => {
    await runScript("await realm.silentKdc(); process.kill(process.pid, 'SIGKILL')")
    await assertNothingLeft()
  })

  it('after SIGKILL while a child of the process lives on', async () => {
    const child =
      "require('child_process').spawn('sleep', ['30'], { stdio: 'ignore', detached: true, env: { PATH: process.env.PATH } })"
    const output = await runScript(`const { pid } = ${child}
      process.stdout.write('child ' + pid + '\\n', () => process.kill(process.pid, 'SIGKILL'))
      setInterval(() => {}, 1000)`)
    const pid = Number(/child (\d+)/.exec(output)?.[1])
    await assertNothingLeft()
    process.kill(pid, 'SIGKILL')
  })

  it('after SIGKILL while the KDC is stopped by a signal', async () => {
    await runScript(`
      const ps = (field) => require('child_process')
        .execFileSync('ps', ['-ww', '-eo', 'pid=,pgid=,' + field + '='], { env: ${JSON.stringify(plainEnv)} }).toString().trim()
        .split('\\n').map((line) => line.trim().split(/ +/))
      const own = ps('args').find(([pid, group, ...args]) => pid === group && args.includes(realm.dir))
      const kdc = ps('comm').find(([, group, name]) => group === own[1] && name === 'krb5kdc')
      process.kill(Number(kdc[0]), 'SIGSTOP')
      process.kill(process.pid, 'SIGKILL')`)
    await assertNothingLeft()
  })

  it('after SIGKILL at any moment of Realm.create', async () => {
    for (const after of [60, 75, 90, 105, 120, 135]) await runScript('process.exit()', after)
    await assertNothingLeft()
  })

  it('when the watchdog itself is killed', async () => {
    const realm = await Realm.create()
    const group = processes(realm.dir)
    const [kdc] = kdcOf(realm)
    assert.ok(kdc)
    process.kill(kdc.pgid, 'SIGKILL')
    await eventually('the directory is gone', () => !fs.existsSync(realm.dir))
    await eventually('the processes are gone', () => !group.some(({ pid }) => isAlive(pid)))
    await realm.dispose()
  })

  it('and follows no link out of its directory', async () => {
    const precious = join(dir, 'precious')
    fs.mkdirSync(precious)
    fs.writeFileSync(join(precious, 'file'), 'kept')
    const realm = await Realm.create()
    fs.symlinkSync(precious, join(realm.dir, 'link'))
    await realm.dispose()
    assert.equal(fs.readFileSync(join(precious, 'file'), 'utf8'), 'kept')
  })

  it('and removes only its own directory when another stands in its place', async () => {
    const realm = await Realm.create()
    const moved = join(dir, 'moved')
    fs.renameSync(realm.dir, moved)
    fs.mkdirSync(realm.dir)
    fs.writeFileSync(join(realm.dir, 'file'), 'kept')
    await realm.dispose()
    assert.equal(fs.readFileSync(join(realm.dir, 'file'), 'utf8'), 'kept')
    fs.rmSync(realm.dir, { recursive: true })
    assert.deepEqual(fs.readdirSync(moved), [])
  })

  it('not even a directory that cannot be read', async () => {
    const realm = await Realm.create()
    fs.mkdirSync(join(realm.dir, 'closed'))
    fs.writeFileSync(join(realm.dir, 'closed', 'file'), '')
    fs.chmodSync(join(realm.dir, 'closed'), 0)
    await realm.dispose()
    assert.equal(fs.existsSync(realm.dir), false)
  })

  it('when the worker thread that made it is terminated', async () => {
    const script = `
      const { Realm } = require(${JSON.stringify(require.resolve('gssapi/testing'))})
      Realm.create().then((realm) => {
        require('node:worker_threads').parentPort.postMessage(realm.dir)
        setInterval(() => {}, 1000)
      })`
    const worker = new Worker(script, { eval: true, env: { ...process.env, TMPDIR: dir } })
    await once(worker, 'message')
    assert.equal(processes(dir).filter(({ name }) => name === 'krb5kdc').length, 1)
    await worker.terminate()
    await assertNothingLeft()
  })

  it('after disposeSync, already when it returns', async () => {
    const realm = await Realm.create()
    const group = processes(realm.dir).map(({ pid }) => pid)
    realm.disposeSync()
    assert.equal(fs.existsSync(realm.dir), false)
    await eventually('the processes are gone', () => !group.some(isAlive))
  })
})
