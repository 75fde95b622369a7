/** Machines on which there is next to nothing, made of this one. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const COMPILERS =
  /^(?:.*-)?(?:cc|c\+\+|gcc|g\+\+|c89|c99|cpp|clang|clang\+\+|ld|as|make|gmake|python\d?|zig)(?:[-.\d].*)?$/

/** A folder with all of PATH's programs but those that compile. */
export function pathWithoutCompilers(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'gssapi-path-'))
  const from = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`.split(':').filter(existsSync)
  for (const each of from) {
    for (const name of readdirSync(each)) {
      const to = path.join(folder, name)
      if (!COMPILERS.test(name) && !existsSync(to)) symlinkSync(path.join(each, name), to)
    }
  }
  return folder
}

/** The files that the loader needs for a program or library, itself too. */
function needs(file: string): string[] {
  const told = execFileSync('ldd', [file], { encoding: 'utf8' })
  const found = [...told.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, each]) => each!)
  return [file, ...found]
}

/** Puts these into `folder`, with what the loader needs for them, where they are here. */
export function bareRoot(folder: string, binaries: string[]): void {
  for (const file of new Set(binaries.flatMap(needs))) {
    const to = path.join(folder, file)
    mkdirSync(path.dirname(to), { recursive: true })
    cpSync(file, to, { dereference: true })
  }
}
