export const USAGE = `Usage: gssapi COMMAND [--json]

  gssapi info                    the security library in use, its mechanisms and features
  gssapi token TOKEN             what a token says: GSS-API, SPNEGO, Kerberos, NTLM, per-message tokens.
                                 TOKEN is base64, base64url, hexadecimal or an HTTP header's value;
                                 - reads standard input, also bytes as they are. Keys, tickets and
                                 checksums are told by their length

  --json        for programs
  -h, --help    this

Exit code: 0 all is well; 1 the token is damaged or unknown; 2 the command could not do its work.
`
