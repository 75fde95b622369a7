/** What a command found, in the shape of its --json output. */
export type Value = string | number | boolean | null | Value[] | Fields

/** Named values, in the order in which they are shown. */
export interface Fields {
  [name: string]: Value | undefined
}

/** Numbers that have names: 18 is shown as 'aes256-cts-hmac-sha1-96 (18)'. */
export type Names = Readonly<Record<number, string>>

/** A number with its name, where it has one. */
export function named(names: Names, value: number): string {
  const name = Object.hasOwn(names, value) ? names[value] : undefined
  return name === undefined ? String(value) : `${name} (${value})`
}

/** The names of the bits that are set; those without a name as 0x…. */
export function flagNames(names: Names, value: number): string[] {
  const bits = Array.from({ length: 32 }, (_, i) => 2 ** i).filter((bit) => hasBit(value, bit))
  return bits.map((bit) => names[bit] ?? `0x${bit.toString(16)}`)
}

/** The same of ASN.1's flags, whose first bit is the highest. */
export function bitNames(names: Names, value: number): string[] {
  return flagNames(names, value).reverse()
}

const hasBit = (value: number, bit: number) => Math.floor(value / bit) % 2 === 1
