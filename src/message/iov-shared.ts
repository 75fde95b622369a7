/**
 * Shared memory is copied for the library, each part by itself, and so the native code, which keeps parts apart
 * by their addresses, would not see that two of them are the same memory.
 */
import { invalidArgValue } from '../base/argument-error'
import { isShared } from '../base/bytes'

interface Place {
  from: number
  to: number
  index: number
  written: boolean
}

type Pair = [low: number, high: number]

/** The first two of these that share bytes and are not both only read. */
function clash(places: Place[]): Pair | undefined {
  let reader: Place | undefined // those before that reach furthest
  let writer: Place | undefined
  for (const place of places.sort((one, other) => one.from - other.from)) {
    for (const before of place.written ? [writer, reader] : [writer]) {
      if (before === undefined || place.from >= before.to) continue
      return [Math.min(before.index, place.index), Math.max(before.index, place.index)]
    }
    if (place.written && place.to > (writer?.to ?? 0)) writer = place
    if (!place.written && place.to > (reader?.to ?? 0)) reader = place
  }
  return undefined
}

export const sharesMemory = (which: string): TypeError =>
  invalidArgValue('buffers', `must not have parts that share memory: ${which}`)

/** @throws TypeError where two parts have the same bytes of a SharedArrayBuffer, and not both are only read */
export function keepSharedApart(
  parts: readonly (Uint8Array | undefined)[],
  isWritten: (index: number) => boolean,
): void {
  const byBuffer = new Map<ArrayBufferLike, Place[]>()
  parts.forEach((view, index) => {
    if (view === undefined || view.length === 0 || !isShared(view)) return
    const from = view.byteOffset
    const place = { from, to: from + view.length, index, written: isWritten(index) }
    const known = byBuffer.get(view.buffer)
    if (known === undefined) byBuffer.set(view.buffer, [place])
    else known.push(place)
  })
  for (const places of byBuffer.values()) {
    const pair = clash(places)
    if (pair !== undefined) throw sharesMemory(pair.join(' and '))
  }
}
