import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RelationValue, Settings } from './options'
import { keySalts } from './principal'

const WEEK = 7 * 86400

type Relations = Record<string, RelationValue | undefined>

function relations(values: Relations, indent = ' '): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${indent}${key} = ${value}\n`)
    .join('')
}

function encryption(types: readonly string[] | undefined): Relations {
  if (!types) return {}
  const weak = (pattern: RegExp) => (types.some((type) => pattern.test(type)) ? true : undefined)
  return {
    permitted_enctypes: types.join(' '),
    allow_weak_crypto: weak(/des|arcfour|rc4/),
    allow_des3: weak(/des3/),
    allow_rc4: weak(/arcfour|rc4/),
  }
}

/** Nothing here asks DNS, and nothing falls back on a file of the machine's own Kerberos. */
function libdefaults(settings: Settings, dir: string): Relations {
  return {
    default_realm: settings.realm,
    dns_lookup_kdc: false,
    dns_lookup_realm: false,
    dns_canonicalize_hostname: false,
    rdns: false,
    default_ccache_name: `FILE:${join(dir, 'ccache')}`,
    default_keytab_name: `FILE:${join(dir, 'service.keytab')}`,
    default_client_keytab_name: `FILE:${join(dir, 'client.keytab')}`,
    ticket_lifetime: `${settings.ticketLifetime}s`,
    renew_lifetime: settings.renewLifetime && `${settings.renewLifetime}s`,
    forwardable: settings.forwardable,
    ...encryption(settings.encryptionTypes),
    ...settings.libdefaults,
  }
}

function krb5Conf(settings: Settings, dir: string, port: number): string {
  const { realm } = settings
  const domain = realm.toLowerCase()
  return [
    `[libdefaults]\n${relations(libdefaults(settings, dir))}`,
    `[realms]\n ${realm} = {\n  kdc = 127.0.0.1:${port}\n }\n`,
    `[domain_realm]\n ${domain} = ${realm}\n .${domain} = ${realm}\n`,
    `[logging]\n kdc = FILE:${join(dir, 'kdc.log')}\n default = FILE:${join(dir, 'kadmin.log')}\n`,
    settings.krb5Conf,
  ].join('\n')
}

function kdcConf(settings: Settings, dir: string, port: number): string {
  const types = settings.encryptionTypes
  const realm = relations(
    {
      database_name: join(dir, 'principal'),
      key_stash_file: join(dir, 'stash'),
      max_life: `${settings.ticketLifetime}s`,
      max_renewable_life: `${settings.renewLifetime ?? WEEK}s`,
      master_key_type: types?.[0],
      supported_enctypes: types && keySalts(types).replaceAll(',', ' '),
      ...settings.kdc,
    },
    '  ',
  )
  // The loopback address, so that no other machine reaches a KDC that was made for one test.
  const listen = { kdc_listen: `127.0.0.1:${port}`, kdc_tcp_listen: `127.0.0.1:${port}` }
  return [
    `[kdcdefaults]\n${relations(listen)}`,
    `[realms]\n ${settings.realm} = {\n${realm} }\n`,
    settings.kdcConf,
  ].join('\n')
}

/** Another program may be reading the file just now: it sees the old text or the new one. */
function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

/** Writes krb5.conf and kdc.conf for a KDC on the port. */
export function writeProfiles(settings: Settings, dir: string, port: number): void {
  replaceFile(join(dir, 'krb5.conf'), krb5Conf(settings, dir, port))
  replaceFile(join(dir, 'kdc.conf'), kdcConf(settings, dir, port))
}
