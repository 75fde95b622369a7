/** The processes of this machine, a realm's KDC and watchdog among them. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Realm } from 'gssapi/testing'

/** Without LD_PRELOAD: under AddressSanitizer's library ps hangs. */
export const plainEnv = { PATH: process.env['PATH'], LC_ALL: 'C' }

export async function eventually(what: string, done: () => boolean, limit = 5000): Promise<void> {
  const end = Date.now() + limit
  while (!done()) {
    await delay(10)
    assert.ok(Date.now() < end, `${what} within ${limit} ms`)
  }
}

export interface Process {
  pid: number
  pgid: number
  name: string
  args: string
}

/** All processes of this machine that are not zombies. */
function allProcesses(): Process[] {
  const fields = ['-o', 'pid=,pgid=,stat=,comm=,args=']
  const list = execFileSync('ps', ['-ww', '-e', ...fields], { encoding: 'utf8', env: plainEnv })
  return list.split('\n').flatMap((line) => {
    const [, pid, pgid, stat, name = '', args = ''] =
      /^ *(\d+) +(\d+) +(\S+) +(\S+) +(.*)$/.exec(line) ?? []
    const alive = pid !== undefined && !stat?.startsWith('Z')
    return alive ? [{ pid: Number(pid), pgid: Number(pgid), name, args }] : []
  })
}

/** The watchdog that has the text on its command line, and everything in its group: the KDC. */
export function processes(text: string): Process[] {
  const all = allProcesses()
  const watchdogs = all.filter(({ pid, pgid, args }) => pid === pgid && args.includes(text))
  return all.filter(({ pgid }) => watchdogs.some(({ pid }) => pid === pgid))
}

export const kdcOf = (realm: Realm) => processes(realm.dir).filter(({ name }) => name === 'krb5kdc')

export const isAlive = (pid: number) => allProcesses().some((process) => process.pid === pid)
