/** NTLM's three messages, MS-NLMP §2.2.1: headers, names and target information; responses and keys by length. */
import { DecodeError } from '../asn1'
import { type Fields, flagNames, type Names, type Value } from '../values'
import { need } from './decoding'

const SIGNATURE = Buffer.from('NTLMSSP\0')

export function isNtlm(token: Uint8Array): boolean {
  return SIGNATURE.equals(token.subarray(0, SIGNATURE.length))
}

const UNICODE = 0x1
const VERSION = 0x0200_0000

const FLAGS: Names = {
  [UNICODE]: 'UNICODE',
  0x2: 'OEM',
  0x4: 'REQUEST_TARGET',
  0x10: 'SIGN',
  0x20: 'SEAL',
  0x40: 'DATAGRAM',
  0x80: 'LM_KEY',
  0x200: 'NTLM',
  0x800: 'ANONYMOUS',
  0x1000: 'OEM_DOMAIN_SUPPLIED',
  0x2000: 'OEM_WORKSTATION_SUPPLIED',
  0x8000: 'ALWAYS_SIGN',
  0x1_0000: 'TARGET_TYPE_DOMAIN',
  0x2_0000: 'TARGET_TYPE_SERVER',
  0x8_0000: 'EXTENDED_SESSIONSECURITY',
  0x10_0000: 'IDENTIFY',
  0x40_0000: 'REQUEST_NON_NT_SESSION_KEY',
  0x80_0000: 'TARGET_INFO',
  [VERSION]: 'VERSION',
  0x2000_0000: '128',
  0x4000_0000: 'KEY_EXCH',
  0x8000_0000: '56',
}

/** A length (twice) and an offset, and there the bytes. */
function payload(message: Buffer, at: number, what: string): Buffer {
  const length = message.readUInt16LE(at)
  if (length === 0) return Buffer.alloc(0)
  const offset = message.readUInt32LE(at + 4)
  if (offset + length > message.length) throw new DecodeError(`${what} lies outside the message`)
  return message.subarray(offset, offset + length)
}

const decoded = (bytes: Buffer, flags: number) =>
  bytes.toString((flags & UNICODE) === 0 ? 'latin1' : 'utf16le')

/** Windows' version, where the flags say that it is there. */
function version(message: Buffer, at: number, flags: number): string | undefined {
  if ((flags & VERSION) === 0 || message.length < at + 8) return undefined
  const build = message.readUInt16LE(at + 2)
  return `${message[at]}.${message[at + 1]} build ${build}, NTLMSSP ${message[at + 7]}`
}

function negotiate(message: Buffer): Fields {
  const flags = need(message, 16, 'a NEGOTIATE message').readUInt32LE(12)
  const whole = message.length >= 32
  return {
    flags: flagNames(FLAGS, flags),
    domain: whole ? payload(message, 16, 'the domain').toString('latin1') : undefined,
    workstation: whole ? payload(message, 24, 'the workstation').toString('latin1') : undefined,
    version: version(message, 32, flags),
  }
}

const text = (value: Buffer) => value.toString('utf16le')
const FILETIME_EPOCH = 11_644_473_600_000n

function fileTime(value: Buffer): string {
  if (value.length !== 8) throw new DecodeError('a timestamp has 8 bytes')
  const date = new Date(Number(value.readBigUInt64LE() / 10_000n - FILETIME_EPOCH))
  return Number.isNaN(date.getTime()) ? 'beyond all time' : date.toISOString()
}

const AV_FLAGS: Names = { 1: 'constrained authentication', 2: 'MIC provided', 4: 'untrusted SPN' }

const PAIRS: Readonly<Record<number, [name: string, read: (value: Buffer) => Value]>> = {
  1: ['nbComputerName', text],
  2: ['nbDomainName', text],
  3: ['dnsComputerName', text],
  4: ['dnsDomainName', text],
  5: ['dnsTreeName', text],
  6: ['flags', (value) => flagNames(AV_FLAGS, need(value, 4, 'MsvAvFlags').readUInt32LE())],
  7: ['timestamp', fileTime],
  8: ['singleHostBytes', (value) => value.length],
  9: ['targetName', text],
  10: ['channelBindings', (value) => (value.every((byte) => byte === 0) ? 'none' : 'present')],
}

/** AV_PAIRs, up to the one that ends the list. */
function targetInfo(bytes: Buffer): Fields {
  const fields: Fields = {}
  let at = 0
  while (at < bytes.length) {
    const id = need(bytes, at + 4, 'target information').readUInt16LE(at)
    const end = at + 4 + bytes.readUInt16LE(at + 2)
    if (id === 0) return fields
    const value = need(bytes, end, 'target information').subarray(at + 4, end)
    const [name, read] = PAIRS[id] ?? [`avPair${id}Bytes`, ({ length }) => length]
    fields[name] = read(value)
    at = end
  }
  throw new DecodeError('the target information has no end')
}

function challenge(message: Buffer): Fields {
  const flags = need(message, 32, 'a CHALLENGE message').readUInt32LE(20)
  const info = message.length >= 48 ? payload(message, 40, 'the target information') : undefined
  return {
    flags: flagNames(FLAGS, flags),
    targetName: decoded(payload(message, 12, 'the target name'), flags),
    serverChallengeBytes: 8,
    targetInfo: info === undefined || info.length === 0 ? undefined : targetInfo(info),
    version: version(message, 48, flags),
  }
}

const NTLM_V1_RESPONSE = 24

function responseVersion(length: number): string {
  if (length === 0) return 'none'
  return length > NTLM_V1_RESPONSE ? 'NTLMv2' : 'NTLMv1'
}

function authenticate(message: Buffer): Fields {
  const flags = need(message, 64, 'an AUTHENTICATE message').readUInt32LE(60)
  const nt = payload(message, 20, 'the NT response').length
  return {
    flags: flagNames(FLAGS, flags),
    domain: decoded(payload(message, 28, 'the domain'), flags),
    user: decoded(payload(message, 36, 'the user'), flags),
    workstation: decoded(payload(message, 44, 'the workstation'), flags),
    response: responseVersion(nt),
    ntResponseBytes: nt,
    lmResponseBytes: payload(message, 12, 'the LM response').length,
    encryptedSessionKeyBytes: payload(message, 52, 'the session key').length,
    version: version(message, 64, flags),
  }
}

const MESSAGES: Readonly<Record<number, [name: string, read: (message: Buffer) => Fields]>> = {
  1: ['NEGOTIATE', negotiate],
  2: ['CHALLENGE', challenge],
  3: ['AUTHENTICATE', authenticate],
}

/** A token that begins with NTLM's signature. */
export function ntlmMessage(token: Uint8Array): Fields {
  const message = need(token, 12, 'an NTLM message')
  const type = message.readUInt32LE(8)
  const found = MESSAGES[type]
  if (found === undefined) throw new DecodeError(`NTLM has no message of type ${type}`)
  const [name, read] = found
  return { type: `NTLM ${name} message (type ${type}), ${token.length} bytes`, ...read(message) }
}
