/**
 * The attributes behind an exported name, as MIT krb5 lays them out (RFC 6680 leaves that to the mechanism): a number
 * of parts, each with its name in front.
 *
 * Quirk(mit): 1.20 reads a PAC by the length that stands before it, however short the token is, and aborts when a
 * buffer is added to one whose length is not a multiple of 8. All lengths are checked first.
 */

/** A place in the token; null once something did not fit. */
type At = number | null

/** What is more than real tokens have, and less than would cost memory. */
const MOST_PARTS = 16
const MOST_INDICATORS = 4096
const PAC_ALIGNMENT = 8

/** A number, and where it ends. */
function uint32(view: DataView, at: At): [value: number, end: At] {
  if (at === null || view.byteLength - at < 4) return [0, null]
  return [view.getUint32(at), at + 4]
}

/** A length and as many bytes: where they end, and how many they were. */
function counted(view: DataView, at: At): [length: number, end: At] {
  const [length, start] = uint32(view, at)
  if (start === null || length > view.byteLength - start) return [0, null]
  return [length, start + length]
}

function pac(view: DataView, at: At): At {
  const [length, end] = counted(view, at)
  const [, verifiedEnd] = uint32(view, end)
  return length % PAC_ALIGNMENT === 0 ? verifiedEnd : null
}

function indicators(view: DataView, at: At): At {
  const [count, start] = uint32(view, at)
  if (count > MOST_INDICATORS) return null
  let end = start
  for (let i = 0; i < count; i++) end = counted(view, end)[1]
  return end
}

const PARTS: ReadonlyMap<string, (view: DataView, at: At) => At> = new Map([
  ['mspac', pac],
  ['authentication-indicators', indicators],
])

function part(view: DataView, at: At): At {
  const [length, end] = counted(view, at)
  if (end === null) return null
  const name = Buffer.from(view.buffer, view.byteOffset + end - length, length).toString('latin1')
  return PARTS.get(name)?.(view, end) ?? null
}

/**
 * Whether the attributes, if any, from `at` to the end of the token can be given to the library. Parts of other modules than
 * MIT's own are refused: nobody but the module knows where they end.
 */
export function attributesFit(view: DataView, at: number): boolean {
  const [, end] = counted(view, at)
  if (end !== view.byteLength) return view.byteLength === at
  const [count, start] = uint32(view, at + 4)
  if (count > MOST_PARTS) return false
  let reached = start
  for (let i = 0; i < count; i++) reached = part(view, reached)
  return reached === view.byteLength
}
