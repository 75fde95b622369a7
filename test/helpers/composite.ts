/** Composite exported names, made by hand: as MIT krb5 lays them out. */

const MECHANISM = Buffer.from('06092a864886f712010202', 'hex')

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

export const counted = (content: Uint8Array | string): Buffer =>
  Buffer.concat([uint32(content.length), Buffer.from(content as string)])

export function composite(principal: string, attributes: Uint8Array): Buffer {
  const head = Buffer.from([4, 2, 0, MECHANISM.length])
  return Buffer.concat([head, MECHANISM, counted(principal), counted(attributes)])
}

export const indicators = (...values: string[]): Buffer =>
  Buffer.concat([
    counted('authentication-indicators'),
    ...[uint32(values.length), ...values.map(counted)],
  ])

export const pac = (content: Uint8Array, verified = 1): Buffer =>
  Buffer.concat([counted('mspac'), counted(content), uint32(verified)])

export const parts = (...each: Buffer[]): Buffer => Buffer.concat([uint32(each.length), ...each])
