import { checkText, invalidValue } from './checks'

/**
 * A principal's name as kadmin.local takes it. A leading '-' would be read as one of its flags.
 */
export function checkPrincipal(name: string, value: unknown): string {
  const text = checkText(name, value)
  if (/^-|\s/.test(text)) throw invalidValue(name, 'a principal name', text)
  return text
}

/** `service@host` becomes `service/host`; a principal stays as it is. */
export function checkService(name: string, value: unknown): string {
  const text = checkPrincipal(name, value)
  const [first = '', ...rest] = text.split('@')
  if (first.includes('/')) return text
  if (first === '' || rest.length !== 1 || !rest[0]) {
    throw invalidValue(name, "'service@host' or 'service/host'", text)
  }
  return `${first}/${rest[0]}`
}

/** An encryption type by MIT's name: `aes256-cts-hmac-sha384-192`. */
export function checkEncryptionType(name: string, value: unknown): string {
  const text = checkText(name, value)
  if (!/^[\w-]+$/.test(text)) throw invalidValue(name, 'the name of an encryption type', text)
  return text
}

/** The principal with its realm: `alice` is `alice@EXAMPLE.TEST`. An escaped '@' is no separator. */
export function qualify(principal: string, realm: string): string {
  return /(?<!\\)@/.test(principal) ? principal : `${principal}@${realm}`
}
