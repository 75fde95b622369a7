import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** The checkout: the compiled helper lies in build-test/helpers. */
export const root = path.resolve(__dirname, '..', '..')

/** Writes `files` (path -> text) into a folder of its own, calls `use`, and takes the folder away. */
export async function withTree(
  files: Record<string, string>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gssapi-tree-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
      await writeFile(path.join(folder, name), text)
    }
    await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** scripts/`name` as a module. It is plain JavaScript: the caller says what it expects of it. */
export async function importScript<Module>(name: string): Promise<Module> {
  return (await import(pathToFileURL(path.join(root, 'scripts', name)).href)) as Module
}

/** Runs scripts/`name`; resolves to its exit code (null: ended by a signal) and all it wrote. */
export function runScript(
  name: string,
  args: string[],
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    let output = ''
    const child = spawn(process.execPath, [path.join(root, 'scripts', name), ...args])
    child.stdout.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr.on('data', (data: Buffer) => (output += data.toString()))
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, output })
    })
  })
}
