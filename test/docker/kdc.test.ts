import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Credential } from 'gssapi'

/** What docker/kdc exports, as docker/compose.yml mounts it. */
const EXPORT = '/realm'
const KEYTABS = `${EXPORT}/keytabs`

describe('the realm that docker/kdc makes', () => {
  let folder = ''

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'gssapi-docker-'))
    process.env['KRB5_CONFIG'] = `${EXPORT}/krb5.conf`
    process.env['KRB5CCNAME'] = `FILE:${folder}/ccache`
  })
  after(() => {
    delete process.env['KRB5_CONFIG']
    delete process.env['KRB5CCNAME']
    rmSync(folder, { recursive: true, force: true })
  })

  it('exports a keytab for each service and each principal without a password', () => {
    assert.deepEqual(readdirSync(KEYTABS).sort(), [
      'chat_service.example.test.keytab',
      'gryphon.keytab',
      'host_mit.example.test.keytab',
    ])
  })

  it('exports a krb5.conf that leads other containers to it', () => {
    assert.match(readFileSync(`${EXPORT}/krb5.conf`, 'utf8'), /^ {2}kdc = kdc\.example\.test$/m)
  })

  it('knows the principals of KDC_PRINCIPALS by their passwords', async () => {
    const name = 'carol@EXAMPLE.TEST'
    const credential = await Credential.acquire({ name, password: 'dormouse-7' })
    assert.equal(String((await credential.inquire()).name), name)
    await assert.rejects(Credential.acquire({ name, password: 'another' }))
  })

  it('knows those without a password by their exported keys', () => {
    execFileSync('kinit', ['-k', '-t', `${KEYTABS}/gryphon.keytab`, 'gryphon'])
    assert.match(execFileSync('klist', { encoding: 'utf8' }), /gryphon@EXAMPLE\.TEST/)
  })

  it('has run the mounted script: dinah has ten minutes', async () => {
    const name = 'dinah@EXAMPLE.TEST'
    const credential = await Credential.acquire({ name, password: 'cheshire-5' })
    const { lifetime } = await credential.inquire()
    assert.ok(Number(lifetime) > 500 && Number(lifetime) <= 600, String(lifetime))
  })
})
