// Which test files run, in which order, on which GSS library, and for how long: pure functions over file names.
import path from 'node:path'
import { root, shown, walk } from './files.mjs'

// From the cheapest to the dearest, so that a broken basis shows first. Folders not named here come last.
const ORDER = [
  'unit',
  'contract',
  'lifecycle',
  'security',
  'faults',
  'realms',
  'interop',
  'cli',
  'types',
  'docs',
]
// These measure delays of the event loop or fill both cores by themselves: they run with nothing beside them.
const ALONE = new Set(['faults', 'lifecycle'])
// These need machines that stand ready, or files that are made first (scripts/test-docker.mjs, test-prebuilds.mjs,
// test-package.mjs), and run only where they are named.
const ONLY_WHERE_NAMED = new Set(['docker', 'package', 'prebuilds'])
// One contract body for every implementation.
const ON_EVERY_LIBRARY = new Set(['contract'])
// And a realm that is not MIT's.
const ALSO_ON_EVERY_LIBRARY = new Set(['realms/active-directory'])
const MINUTES = { faults: 5, interop: 5, lifecycle: 5, package: 20, prebuilds: 20, realms: 5 }
const MINUTES_OTHERWISE = 3
const SLOWER_WITH_SANITIZERS = 4

const folderOf = (name) => name.split('/')[0]
const rank = (name) => (ORDER.indexOf(folderOf(name)) + ORDER.length + 1) % (ORDER.length + 1)

/** 'contract/names' for every test/contract/names.test.ts; what is compiled but has no source any more is not run. */
export function testNames(folder = path.join(root, 'test')) {
  return walk(folder)
    .map((file) => shown(file, folder))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.test.ts'.length))
    .sort((a, b) => rank(a) - rank(b))
}

function timeout(name, sanitize) {
  const minutes = MINUTES[folderOf(name)] ?? MINUTES_OTHERWISE
  return minutes * 60_000 * (sanitize ? SLOWER_WITH_SANITIZERS : 1)
}

// Needs a process under Wine for its other side: scripts/test-wine.mjs runs it.
const BESIDE_WINE = /^interop\/windows/
// Needs Windows itself, or what stands for it.
const ON_WINDOWS_ONLY = new Set(['wine'])
// MIT's own programs stand for the library there.
const WITH_MIT_ONLY = /-samples$/

const isForEvery = (name) => ON_EVERY_LIBRARY.has(folderOf(name)) || ALSO_ON_EVERY_LIBRARY.has(name)

function isChosen(name, only) {
  if (ONLY_WHERE_NAMED.has(folderOf(name))) {
    return only.some((part) => part.startsWith(`${folderOf(name)}/`) && name.startsWith(part))
  }
  return only.length === 0 || only.some((part) => `${name}.test.ts`.includes(part))
}

/**
 * The runs: { file, title, library, alone, timeout }. `only` keeps the names that contain one of its strings;
 * `libraries` is a subset of mit and heimdal.
 */
export function planRuns(
  names,
  { only = [], libraries = ['mit', 'heimdal'], sanitize = false } = {},
) {
  return names
    .filter((name) => isChosen(name, only) && !BESIDE_WINE.test(name))
    .filter((name) => !ON_WINDOWS_ONLY.has(folderOf(name)))
    .flatMap((name) =>
      libraries
        .filter((library) => library === 'mit' || isForEvery(name))
        .map((library) => ({
          file: `build-test/${name}.test.js`,
          title: library === 'mit' ? name : `${name} (${library})`,
          library,
          alone: ALONE.has(folderOf(name)),
          timeout: timeout(name, sanitize),
        })),
    )
}

// Under Wine run what talks to the platform, not what looks after this repository.
const ON_WINDOWS = new Set(['unit', 'contract', 'lifecycle', 'security', ...ON_WINDOWS_ONLY])
const OF_THIS_REPOSITORY = /^unit\/(check-|exports|layout|test-runner|testing)/
const SLOWER_UNDER_WINE = 2

/** The runs here that talk to a process under Wine, with either library on this side. */
export function planBesideWine(names, { only = [] } = {}) {
  return names
    .filter((name) => isChosen(name, only) && BESIDE_WINE.test(name))
    .flatMap((name) =>
      (WITH_MIT_ONLY.test(name) ? ['mit'] : ['mit', 'heimdal']).map((library) => ({
        file: `build-test/${name}.test.js`,
        title: `${name} (${library})`,
        library,
        alone: false,
        timeout: timeout(name, false) * SLOWER_UNDER_WINE,
      })),
    )
}

/** The runs under Wine: { file, title, node, alone, timeout }, all on the first of `nodes`, contracts on each. */
export function planWineRuns(names, { only = [], node, nodes = ['20', '22'] } = {}) {
  return names
    .filter((name) => isChosen(name, only))
    .filter((name) => ON_WINDOWS.has(folderOf(name)) && !OF_THIS_REPOSITORY.test(name))
    .flatMap((name) =>
      nodes
        .filter((each) => each === nodes[0] || ON_EVERY_LIBRARY.has(folderOf(name)))
        .filter((each) => node === undefined || each === node)
        .map((each) => ({
          file: `build-test/${name}.test.js`,
          title: `${name} (Wine, Node ${each})`,
          node: each,
          alone: ALONE.has(folderOf(name)),
          timeout: timeout(name, false) * SLOWER_UNDER_WINE,
        })),
    )
}

/** The runs whose name contains one of `files`, titled by the place where they run: { file, title, alone, timeout }. */
export function planPlace(names, { title, files, slower = 1 }) {
  return names
    .filter((name) => files.some((part) => `${name}.test.ts`.includes(part)))
    .map((name) => ({
      file: `build-test/${name}.test.js`,
      title: title === undefined ? name : `${name} (${title})`,
      alone: false,
      timeout: timeout(name, false) * slower,
    }))
}

/** Consecutive runs that may share the two cores, and those that may not, as batches in order. */
export function batches(runs) {
  const result = []
  for (const run of runs) {
    const last = result.at(-1)
    if (last && !run.alone && !last[0].alone) last.push(run)
    else result.push([run])
  }
  return result
}
