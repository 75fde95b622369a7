/** Is there a configuration, and does it name a realm? */
import { accessSync, constants } from 'node:fs'
import { type Check, failed, ok } from './check'
import { configurationFiles, type Profile } from './profile'

const CHECK = 'configuration'

function unreadable(file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK)
    return undefined
  } catch (error) {
    return `${file}: ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`
  }
}

/** The files, and the default realm. */
export function checkConfiguration(profile: Profile, variable: string | undefined): Check[] {
  if (profile.read.length === 0) {
    const faults = configurationFiles(variable)
      .map(unreadable)
      .filter((each) => each !== undefined)
    const advice = variable
      ? 'KRB5_CONFIG names no file that can be read: correct it, or unset it.'
      : 'Write /etc/krb5.conf (Debian: apt-get install krb5-config), or name a file in KRB5_CONFIG.'
    return [failed(CHECK, faults.join('; '), advice)]
  }
  const realm = profile.libdefault('default_realm')
  const files = profile.read.join(', ')
  if (realm !== undefined) return [ok(CHECK, `${files}; default realm ${realm}`)]
  const advice = 'Write default_realm = REALM under [libdefaults], or give the realm in every name.'
  return [failed(CHECK, `${files}; no default realm`, advice)]
}
