#!/usr/bin/env node
import { run } from './run'

/** A reader that has seen enough (`gssapi info | head`) is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

void run(process.argv.slice(2), { stdin: process.stdin, env: process.env }).then(
  ({ stdout, stderr, exitCode }) => {
    process.exitCode = exitCode
    if (stderr !== '') process.stderr.write(stderr)
    // A call that still waits for a KDC must not hold the command.
    process.stdout.write(stdout, () => process.exit())
  },
)
