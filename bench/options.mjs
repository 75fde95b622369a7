// The command line of `npm run bench`.
import { parseArgs } from 'node:util'
import { CommandError } from '../scripts/util/process.mjs'

export const USAGE = `npm run bench -- [options]
  --quick               a few seconds: fewer rounds, fewer sizes; shows that all of it runs, no more
  --only PART           messages or handshakes (with what belongs to each); may be given twice
  --write, --no-write   write docs/benchmark.md and docs/benchmark/*.svg
                        (by itself: after a full run only)
  --json FILE           write all figures to FILE as well
  --no-others           leave npm kerberos and python-gssapi out
  --service NAME        no realm of our own: the environment has a ticket and a keytab for NAME`

const PARTS = ['messages', 'handshakes']

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true },
  write: { type: 'boolean' },
  json: { type: 'string' },
  others: { type: 'boolean', default: true },
  service: { type: 'string' },
  help: { type: 'boolean', default: false },
}

function parse(argv) {
  try {
    return parseArgs({ args: argv, options: OPTIONS, allowNegative: true }).values
  } catch (error) {
    throw new CommandError(`bench: ${error.message}\n${USAGE}`)
  }
}

export function readOptions(argv) {
  const options = parse(argv)
  const parts = options.only ?? PARTS
  const unknown = parts.filter((part) => !PARTS.includes(part))
  if (unknown.length > 0) throw new CommandError(`bench: no part ${unknown.join(', ')}\n${USAGE}`)
  const full = !options.quick && parts.length === PARTS.length
  return { ...options, parts, write: options.write ?? full }
}
