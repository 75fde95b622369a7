// Times in ns around a piece of work, by the clock that fits it.
import { setImmediate } from 'node:timers/promises'
import { c } from '../contenders/c.mjs'

/** CPU time of this thread: for what runs on it, from the first to the last instruction. */
export function cpuOf(work) {
  const start = c.threadCpu()
  work()
  return c.threadCpu() - start
}

/** The same with what the work leaves to the event loop's next turn: finalizers of what was collected meanwhile. */
export async function cpuWithFinalizersOf(work) {
  const start = c.threadCpu()
  work()
  await setImmediate()
  return c.threadCpu() - start
}

/** Wall time: for what is spread over threads or waits for one. */
export async function wallOf(work) {
  const start = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - start)
}

/** What asynchronous work costs the main thread: its own CPU time, and how busy it was. */
export async function mainThreadOf(work) {
  const busy = performance.eventLoopUtilization()
  const start = c.threadCpu()
  const wall = await wallOf(work)
  const cpu = c.threadCpu() - start
  return { wall, cpu, utilization: performance.eventLoopUtilization(busy).utilization }
}
