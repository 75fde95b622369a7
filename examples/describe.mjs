// Words for what was agreed, and for what went wrong.

// RFC 3961 and its successors; the registry is IANA's "Kerberos Encryption Type Numbers".
const ENCRYPTION_TYPES = {
  16: 'des3-cbc-sha1-kd',
  17: 'aes128-cts-hmac-sha1-96',
  18: 'aes256-cts-hmac-sha1-96',
  19: 'aes128-cts-hmac-sha256-128',
  20: 'aes256-cts-hmac-sha384-192',
  23: 'rc4-hmac',
  25: 'camellia128-cts-cmac',
  26: 'camellia256-cts-cmac',
}

function encryptionType(context) {
  try {
    const { type, key } = context.sessionKey()
    key.fill(0) // only its kind is of interest here
    return ENCRYPTION_TYPES[type] ?? `encryption type ${type}`
  } catch (error) {
    if (error.code !== 'ERR_GSS_UNSUPPORTED') throw error
    return 'an encryption type that the library does not tell'
  }
}

const granted = (flags) => Object.keys(flags).filter((name) => flags[name])

/** Who is who and what protects them, as lines; of an established context. */
export function describe(context) {
  const { initiatorName, acceptorName, mechanism, flags, lifetime } = context
  return [
    `${initiatorName} -> ${acceptorName}${flags.mutual ? ', both proved' : ''}`,
    `mechanism ${mechanism}, ${encryptionType(context)}, for ${Math.round(lifetime / 60)} minutes`,
    `flags ${granted(flags).join(', ')}`,
  ]
}

/** An error as a person wants it: what failed, its code, and what to do about it. */
export function explain(error) {
  const lines = [error.message]
  if (error.code) lines.push(`  code: ${error.code}`)
  if (error.hint) lines.push(`  hint: ${error.hint}`)
  return lines.join('\n')
}

/** Prints an error and lets the program end with exit code 1. */
export function fail(who, error) {
  console.error(`${who}: ${explain(error)}`)
  process.exitCode = 1
}
