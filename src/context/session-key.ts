/** What gss_inquire_sec_context_by_oid answers for GSS_C_INQ_SSPI_SESSION_KEY. */

/** GSS_C_INQ_SSPI_SESSION_KEY: the key, then 1.2.840.113554.1.2.2.4.ENCTYPE in DER without its tag. */
export const SESSION_KEY = '1.2.840.113554.1.2.2.5.5'

const ENCTYPE_ARC = Buffer.from('2a864886f71201020204', 'hex')

/** The last arc, in base 128; 0 where it is no such object identifier. */
export function enctypeOf(oid: Uint8Array | undefined): number {
  if (oid === undefined || oid.length <= ENCTYPE_ARC.length) return 0
  if (ENCTYPE_ARC.compare(oid, 0, ENCTYPE_ARC.length) !== 0) return 0
  return oid.subarray(ENCTYPE_ARC.length).reduce((arc, byte) => arc * 128 + (byte & 0x7f), 0)
}
