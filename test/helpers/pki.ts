/** Certificates of a test, by openssl: a CA, and what it signs for KDCs (RFC 4556 §3.2.2, §3.2.4), users and web servers. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The files of a certificate and its key. */
export interface Identity {
  certificate: string
  key: string
}

/** A principal as KRB5PrincipalName, in openssl's language. */
function principalSections(realm: string, parts: string[]): string[] {
  return [
    '[principal]',
    `realm = EXP:0, GeneralString:${realm}`,
    'name = EXP:1, SEQUENCE:name',
    '[name]',
    // NT-PRINCIPAL (1) for a user, NT-SRV-INST (2) for krbtgt/REALM.
    `type = EXP:0, INTEGER:${parts.length}`,
    'parts = EXP:1, SEQUENCE:parts',
    '[parts]',
    ...parts.map((part, index) => `part${index} = GeneralString:${part}`),
  ]
}

const LEAF = ['basicConstraints = critical, CA:FALSE', 'keyUsage = digitalSignature, keyAgreement']

/** id-pkinit-san, and the purpose: id-pkinit-KPClientAuth or id-pkinit-KPKdc. */
const pkinit = (purpose: number) => [
  `extendedKeyUsage = 1.3.6.1.5.2.3.${purpose}`,
  'subjectAltName = otherName:1.3.6.1.5.2.2;SEQUENCE:principal',
]

export class CertificateAuthority {
  readonly #dir: string
  readonly #name: string
  readonly #self: Identity

  /** Its files, and those of what it signs, lie in `dir`, and begin with `name`. */
  constructor(dir: string, name: string) {
    this.#dir = dir
    this.#name = name
    const authority = ['basicConstraints = critical, CA:TRUE', 'keyUsage = critical, keyCertSign']
    this.#self = this.#make('ca', authority, [])
  }

  get certificate(): string {
    return this.#self.certificate
  }

  kdc(realm: string): Identity {
    const sections = principalSections(realm, ['krbtgt', realm])
    return this.#make('kdc', [...LEAF, ...pkinit(5)], sections)
  }

  user(name: string, realm: string): Identity {
    return this.#make(name, [...LEAF, ...pkinit(4)], principalSections(realm, [name]))
  }

  webServer(host: string): Identity {
    const names = `subjectAltName = DNS:${host}, IP:127.0.0.1`
    return this.#make(host, [...LEAF, 'extendedKeyUsage = serverAuth', names], [])
  }

  #make(what: string, extensions: string[], sections: string[]): Identity {
    const file = (ending: string) => join(this.#dir, `${this.#name}-${what}.${ending}`)
    const [certificate, key, config] = [file('pem'), file('key'), file('cnf')]
    const request = ['[req]', 'distinguished_name = subject', 'x509_extensions = extensions']
    const subject = ['prompt = no', '[subject]', `CN = ${this.#name} ${what}`]
    const lines = [...request, ...subject, '[extensions]', ...extensions, ...sections, '']
    writeFileSync(config, lines.join('\n'))
    const signer = what === 'ca' ? [] : ['-CA', this.#self.certificate, '-CAkey', this.#self.key]
    const files = ['-config', config, '-keyout', key, '-out', certificate]
    openssl(['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...signer])
    return { certificate, key }
  }
}

function openssl(args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' })
}
