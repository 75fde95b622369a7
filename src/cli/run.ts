/** The `gssapi` command: from the command line to what is written, and the exit code. */
import { parseArgs } from 'node:util'
import { CommandFailure, COULD_NOT, ALL_WELL } from './failure'
import { doctorCommand } from './doctor/command'
import { infoCommand, packageVersion } from './info'
import type { Answer, Surroundings } from './surroundings'
import { printable, toJson, toText } from './text'
import { tokenCommand } from './token/command'
import { USAGE } from './usage'

/** What is written where, and how the command ends. */
export interface Outcome {
  stdout: string
  stderr: string
  exitCode: number
}

const OPTIONS = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const

type Command = (operands: string[], surroundings: Surroundings) => Answer | Promise<Answer>

function none(operands: string[]): void {
  if (operands.length > 0) throw new CommandFailure(`too much: ${operands.join(' ')}`)
}

const COMMANDS: Readonly<Record<string, Command>> = {
  info: (operands, surroundings) => {
    none(operands)
    return infoCommand(surroundings)
  },
  doctor: ([target, ...more], surroundings) => {
    none(more)
    return doctorCommand(target, surroundings)
  },
  // A header's words may arrive as several arguments: gssapi token Negotiate YII…
  token: (operands, surroundings) =>
    tokenCommand(operands.length > 0 ? operands.join(' ') : '-', surroundings),
}

interface Parsed {
  json: boolean
  help: boolean
  version: boolean
  operands: string[]
}

function parse(args: string[]): Parsed {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true })
    return { ...values, operands: positionals }
  } catch (error) {
    throw new CommandFailure(error instanceof Error ? error.message : String(error))
  }
}

async function answer(args: string[], surroundings: Surroundings): Promise<Outcome> {
  const { json, help, version, operands } = parse(args)
  const [name, ...rest] = operands
  if (help) return { stdout: USAGE, stderr: '', exitCode: ALL_WELL }
  if (version) return { stdout: `${packageVersion()}\n`, stderr: '', exitCode: ALL_WELL }
  if (name === undefined) throw new CommandFailure('no command is given')
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) throw new CommandFailure(`there is no command ${name}`)
  const { fields, text, exitCode } = await command(rest, surroundings)
  return { stdout: json ? toJson(fields) : (text ?? toText(fields)), stderr: '', exitCode }
}

/** What went wrong, in lines for a person: a failure of the package comes with what to do about it. */
function complaint(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)]
  const { hint } = error as { hint?: string }
  return hint === undefined ? [error.message] : [error.message, hint]
}

/** Runs the command; never rejects. */
export async function run(args: string[], surroundings: Surroundings): Promise<Outcome> {
  try {
    return await answer(args, surroundings)
  } catch (error) {
    const lines = complaint(error).map(printable)
    const usage = error instanceof CommandFailure ? ["Try 'gssapi --help'."] : []
    const stderr = [`gssapi: ${lines.join('\n  ')}`, ...usage, ''].join('\n')
    return { stdout: '', stderr, exitCode: COULD_NOT }
  }
}
