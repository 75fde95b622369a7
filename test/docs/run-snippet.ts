import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { type Block, root } from './markdown'

/** What a snippet did. */
export interface Outcome {
  stdout: string
  stderr: string
  /** 0 where it ended by itself and without an error. */
  code: number | string
}

const TIMEOUT = 20_000

/** What Node runs: the snippet as a module, its types left out. */
function toJavaScript(block: Block): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
  return ts.transpileModule(block.code, { compilerOptions, fileName: block.where }).outputText
}

/** A folder as a user's project is: this package in its node_modules, nothing else of ours in reach. */
function project(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gssapi-snippet-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'gssapi'), 'dir')
  return folder
}

/** Runs a TypeScript or JavaScript block as a program of its own. */
export async function runSnippet(block: Block, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const folder = project()
  const file = join(folder, 'snippet.mjs')
  writeFileSync(file, toJavaScript(block))
  try {
    return await new Promise((resolve) => {
      const options = { cwd: folder, env, timeout: TIMEOUT, killSignal: 'SIGKILL' as const }
      execFile(process.execPath, [file], options, (error, stdout, stderr) => {
        resolve({ stdout, stderr, code: error === null ? 0 : (error.code ?? error.signal ?? 1) })
      })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
