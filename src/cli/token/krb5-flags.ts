/** Kerberos' flags, RFC 4120 §5.5.1 and §5.4.1, by their bits. */
import type { Names } from '../values'

const bit = (number: number) => 2 ** (31 - number)

export const AP_OPTIONS: Names = { [bit(1)]: 'use-session-key', [bit(2)]: 'mutual-required' }

export const KDC_OPTIONS: Names = {
  [bit(1)]: 'forwardable',
  [bit(2)]: 'forwarded',
  [bit(3)]: 'proxiable',
  [bit(4)]: 'proxy',
  [bit(5)]: 'allow-postdate',
  [bit(6)]: 'postdated',
  [bit(8)]: 'renewable',
  [bit(14)]: 'constrained-delegation',
  [bit(15)]: 'canonicalize',
  [bit(16)]: 'request-anonymous',
  [bit(26)]: 'disable-transited-check',
  [bit(27)]: 'renewable-ok',
  [bit(28)]: 'enc-tkt-in-skey',
  [bit(30)]: 'renew',
  [bit(31)]: 'validate',
}
