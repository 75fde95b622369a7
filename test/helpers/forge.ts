/** Ways in which what a peer sends may be wrong. */
export function flipped(bytes: Uint8Array, position: number, mask = 0x01): Buffer {
  const copy = Buffer.from(bytes)
  copy[position] = (copy[position] ?? 0) ^ mask
  return copy
}

/** Every position of something short; of something long the ends and some between. */
export function positions(length: number): number[] {
  if (length <= 200) return Array.from({ length }, (_, i) => i)
  const ends = Array.from({ length: 80 }, (_, i) => (i < 40 ? i : length - 80 + i))
  const step = Math.ceil((length - 80) / 60)
  const between = Array.from({ length: 60 }, (_, i) => 40 + i * step)
  return [...new Set([...ends, ...between])].filter((i) => i < length).sort((a, b) => a - b)
}

const lengths = (length: number) => positions(length)

/** Each cut off at some length, from nothing on. */
export const truncated = (bytes: Uint8Array) =>
  lengths(bytes.length).map((length) => Buffer.from(bytes.subarray(0, length)))

export const extended = (bytes: Uint8Array) =>
  [Buffer.from([0]), Buffer.from([0xff]), Buffer.alloc(100), Buffer.from(bytes)].map((more) =>
    Buffer.concat([bytes, more]),
  )
