import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { library, mechanisms } from 'gssapi'
import { packageRoot } from '../helpers/addon'
import { cliJson, command, runCli } from '../helpers/cli'

describe('gssapi info', function () {
  this.timeout(60_000)

  it('tells something else than library() and mechanisms()', async () => {
    const told = await cliJson<Record<string, unknown>>(['info'], 0)
    assert.deepEqual(told['library'], library())
    assert.deepEqual(told['mechanisms'], mechanisms())
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
    assert.equal(told['version'], version)
    assert.equal(told['node'], process.version)
  })

  it('leaves a person without the path, the mechanisms or the features', async () => {
    const { code, stdout } = await runCli(['info'])
    assert.equal(code, 0)
    const { path, features } = library()
    for (const text of [path, ...features, ...mechanisms().map(({ oid }) => oid)]) {
      assert.ok(stdout.includes(text), text)
    }
  })

  it('does not show the variables that decide, or shows others', async () => {
    const env = { KRB5_CONFIG: '/nowhere/krb5.conf', SECRET_TOKEN: 'hunter2' }
    const { stdout } = await runCli(['info'], { env })
    assert.match(stdout, /KRB5_CONFIG: \/nowhere\/krb5\.conf/)
    assert.doesNotMatch(stdout, /hunter2/)
  })

  it('without a library is a stack trace, or does not say what to install', async () => {
    const env = { GSSAPI_LIBRARY: '/nowhere/libgssapi.so' }
    const { code, stdout, stderr } = await runCli(['info'], { env })
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /^gssapi: .*no GSSAPI library could be loaded/)
    assert.match(stderr, /apt-get install/)
    assert.doesNotMatch(stderr, /^\s+at /m)
  })
})

describe('the gssapi command', function () {
  this.timeout(60_000)

  it('is not found, or cannot be started, where the package is installed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gssapi-bin-'))
    const link = join(folder, 'gssapi') // as npm links it into node_modules/.bin
    symlinkSync(command, link)
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [link, 'info', '--json'])
      assert.equal((JSON.parse(stdout) as { node: string }).node, process.version)
      assert.match(readFileSync(command, 'utf8'), /^#!\/usr\/bin\/env node\n/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('--help does not name each command', async () => {
    const { code, stdout } = await runCli(['--help'])
    assert.equal(code, 0)
    for (const name of ['info', 'token', 'doctor', '--json', 'Exit code']) {
      assert.ok(stdout.includes(name), name)
    }
  })

  it('--version tells another version than package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
      version: string
    }
    assert.equal((await runCli(['--version'])).stdout, `${version}\n`)
  })

  const mistakes: Record<string, [args: string[], message: RegExp]> = {
    'no command': [[], /no command is given/],
    'an unknown command': [['frobnicate'], /there is no command frobnicate/],
    'a command called constructor': [['constructor'], /there is no command constructor/],
    'an unknown option': [['info', '--frobnicate'], /Unknown option '--frobnicate'/],
    'an operand too many': [['info', 'more'], /too much: more/],
    'a URL for a service': [['doctor', 'http://localhost/'], /no service of a host: http:/],
    'a user for a service': [['doctor', 'alice'], /no service of a host: alice/],
    'an operand that moves the cursor': [['\u001b[2J'], /there is no command \\u001b\[2J/],
  }
  for (const [what, [args, message]] of Object.entries(mistakes)) {
    it(`${what} is taken for something else, or is not exit code 2`, async () => {
      const { code, stdout, stderr } = await runCli(args)
      assert.equal(code, 2)
      assert.equal(stdout, '')
      assert.match(stderr, message)
      assert.match(stderr, /Try 'gssapi --help'/)
    })
  }

  it('a reader that goes away early makes it fail', async () => {
    const line = `"${process.execPath}" "${command}" info | head -c 1`
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', line])
    assert.equal(stdout, 'v')
    assert.equal(stderr, '')
  })
})
