/**
 * Memory for secrets of the package's own. V8 keeps a typed array of up to 64 bytes on its heap, which its collector copies from place
 * to place, and overwrites nothing where it was; the memory of an ArrayBuffer that was made first stays where it is.
 */
import { viewed } from './bytes'

/** Zeroed. */
export function secretMemory(size: number): Buffer {
  return Buffer.from(new ArrayBuffer(size))
}

/** A copy of bytes. */
export function secretCopy(value: unknown, name: string): Buffer {
  const view = viewed(value, name)
  const copy = secretMemory(view.length)
  copy.set(view)
  return copy
}

/** The text in UTF-8. */
export function secretText(text: string): Buffer {
  const longest = 3 * text.length
  const room = secretMemory(longest)
  return room.subarray(0, new TextEncoder().encodeInto(text, room).written)
}

/** One behind the other, in memory of their own. */
export function joinSecret(parts: readonly Uint8Array[]): Buffer {
  const joined = secretMemory(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
