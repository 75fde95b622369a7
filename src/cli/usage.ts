export const USAGE = `Usage: gssapi COMMAND [--json]

  gssapi info                    the security library in use, its mechanisms and features
  gssapi token TOKEN             what a token says: GSS-API, SPNEGO, Kerberos, NTLM, per-message tokens.
                                 TOKEN is base64, base64url, hexadecimal or an HTTP header's value;
                                 - reads standard input, also bytes as they are. Keys, tickets and
                                 checksums are told by their length
  gssapi doctor [SERVICE@HOST]   what keeps Kerberos from working here, and what to do about it

  --json        for programs
  --version     the package's version
  -h, --help    this

Exit code: 0 all is well; 1 a fault was found, or the token is damaged or unknown; 2 the command could
not do its work.
`
