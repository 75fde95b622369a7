import { commandError, run } from './run'

/** An argument in a kadmin.local session: in quotes, a quote is written twice. */
export function quote(argument: string): string {
  return `"${argument.replaceAll('"', '""')}"`
}

/** What kadmin.local says on standard error although it succeeded. */
const REMARK = /^(WARNING: )?no policy specified for /i

function complaints(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => line !== '' && !REMARK.test(line))
    .join('\n')
}

/** The answer without prompts and without the commands, which kadmin.local echoes. */
function answer(stdout: string, commands: readonly string[]): string {
  return stdout
    .replace(/^Authenticating as principal .*\n/, '')
    .split('\n')
    .map((line) => line.replace(/^(kadmin\.local: {1,2})+/, ''))
    .filter((line) => !commands.includes(line))
    .join('\n')
    .trim()
}

/**
 * Runs commands in one kadmin.local session over its standard input, where no other user of the
 * machine sees passwords. The exit code of such a session is always 0: a complaint tells a failure.
 */
export async function kadmin(
  tool: string,
  realm: string,
  env: NodeJS.ProcessEnv,
  commands: readonly string[],
): Promise<string> {
  // Without -p it looks the user up in the system's accounts, and a container may have none.
  const args = ['-r', realm, '-p', `gssapi-testing/admin@${realm}`]
  const { code, stdout, stderr } = await run(tool, args, env, `${commands.join('\n')}\n`)
  const complaint = complaints(stderr)
  if (code !== 0 || complaint) throw commandError(tool, code, complaint)
  return answer(stdout, commands)
}
