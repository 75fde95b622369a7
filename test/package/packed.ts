/** The tarball that npm would publish, and projects of users that install it. */
import { execFile, execFileSync, type ExecFileOptions } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { importScript, root } from '../helpers/tree'

export interface Packed {
  /** Tarballs of the package and of what it depends on, by name. */
  tarballs: Record<string, string>
  /** The paths within the package. */
  files: string[]
  size: number
  remove(): void
}

interface NpmPacked {
  name: string
  filename: string
  size: number
  files: { path: string }[]
}

const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
}

function npmPack(what: string, folder: string): NpmPacked {
  const args = ['pack', '--json', '--ignore-scripts', '--offline', '--pack-destination', folder]
  const told = execFileSync('npm', [...args, what], { cwd: root, encoding: 'utf8' })
  // npm 12 gives an object by name, earlier ones a list.
  const parsed = JSON.parse(told) as NpmPacked[] | Record<string, NpmPacked>
  return Object.values(parsed)[0]!
}

/** Packs the package, and what it depends on from node_modules, so that installing needs no network. */
export function pack(): Packed {
  const folder = mkdtempSync(path.join(tmpdir(), 'gssapi-packed-'))
  const own = npmPack('.', folder)
  const others = Object.keys(dependencies).map((name) => npmPack(`./node_modules/${name}`, folder))
  const tarballs = [own, ...others].map(({ name, filename }) => [name, path.join(folder, filename)])
  return {
    tarballs: Object.fromEntries(tarballs) as Record<string, string>,
    files: own.files.map((file) => file.path),
    size: own.size,
    remove() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Folders of scripts/tools/consumers, which is installed at first use. */
export async function consumerTools(): Promise<string> {
  const { ensureTool } = await importScript<{ ensureTool(name: string): string }>('util/tools.mjs')
  return ensureTool('consumers')
}

/** An empty folder, with these files. */
export function project(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'gssapi-user-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

/** A user's package.json: everything comes from a tarball. */
export function manifest({ tarballs }: Packed, more: object = {}): string {
  const files = Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`])
  const all = { name: 'user', version: '1.0.0', private: true }
  return JSON.stringify({ ...all, dependencies: Object.fromEntries(files), ...more })
}

export interface Ended {
  code: number
  output: string
}

/** Runs a command to its end, whatever that is. */
export function run(command: string, args: string[], options: ExecFileOptions): Promise<Ended> {
  const limits = { timeout: 300_000, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 } as const
  return new Promise((resolve) => {
    const child = execFile(command, args, { ...limits, ...options }, (error, stdout, stderr) => {
      const code = error ? (child.exitCode ?? -1) : 0
      resolve({
        code,
        output: `${String(stdout)}${String(stderr)}${code < 0 ? error?.message : ''}`,
      })
    })
  })
}

/** Runs it, and throws what it said where it fails. */
export async function succeed(
  command: string,
  args: string[],
  options: ExecFileOptions,
): Promise<string> {
  const { code, output } = await run(command, args, options)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${output}`)
  return output
}

/** Installs the package by npm, as most users do; nothing runs, nothing is fetched. */
export async function installed(packed: Packed, files: Record<string, string>): Promise<string> {
  const folder = project({ 'package.json': manifest(packed), ...files })
  const args = ['install', '--ignore-scripts', '--offline', '--no-audit', '--no-fund']
  await succeed('npm', args, { cwd: folder })
  return folder
}

/** A program that shakes hands with itself in the realm of its environment, and prints what it unwraps. */
export const HANDSHAKE = (imports: string) => `${imports}
async function main() {
  const client = new Initiator({ target: 'chat@localhost' })
  const service = new Acceptor()
  let token = await client.step()
  while (token) {
    const reply = await service.step(token)
    token = reply && (await client.step(reply))
  }
  console.log(service.unwrap(client.wrap(Buffer.from('hello'))).message.toString(), library().implementation)
}
main().catch((error) => { console.error(error); process.exitCode = 1 })
`
export const BY_IMPORT = HANDSHAKE("import { Acceptor, Initiator, library } from 'gssapi'")
export const BY_REQUIRE = HANDSHAKE("const { Acceptor, Initiator, library } = require('gssapi')")
export const SAID = 'hello mit\n'

/** Without the variables by which these tests choose the addon. */
export const userEnv = (): NodeJS.ProcessEnv => {
  const own = /^(PREBUILDS_ONLY|GSSAPI_PREBUILD|npm_.*|NODE_OPTIONS)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}
