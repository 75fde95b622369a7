/** Options of a credential that renews itself, and their checks. */
import { invalidArgType, invalidArgValue, outOfRange } from '../base/argument-error'
import { type Bytes } from '../base/bytes'
import { type CredentialStore, nameOption } from './options'
import { hereOrThere, keytabPlace, optionalPlace, storeOption } from './secrets'
import { enctypeNumbers, type Enctype } from './enctypes'
import { type Mechanism, mechanismOids } from '../mechanism/mechanism'
import type { Name } from '../name/name'
import { flag, optionsOf } from '../base/options'
import { environment } from './places'

/** Options of {@link RenewingCredential.start}. */
export interface RenewingOptions {
  /** Whose tickets. Default: the first principal of the keytab, or the cache's. */
  name?: Name | string | undefined
  /**
   * A keytab with the client's key, used to obtain new tickets; or its content, which is copied, kept, and overwritten with
   * `dispose()`. Default: the process's (KRB5_CLIENT_KTNAME), as it is at the start.
   */
  clientKeytab?: string | Bytes | undefined
  /**
   * Instead: a cache with a renewable ticket (`kinit -r`), which is renewed until its end. The cache itself is only
   * read; a newer ticket that somebody else puts into it is taken.
   */
  ccache?: string | undefined
  /** Where these two stand in Credential.acquire; each is given here or there. */
  store?: Pick<CredentialStore, 'clientKeytab' | 'ccache'> | undefined
  /** As of Credential.acquire. */
  mechanisms?: Mechanism[] | undefined
  /** As of Credential.acquire. */
  enctypes?: Enctype[] | undefined
  /** As of Credential.acquire. */
  noCiFlags?: boolean | undefined
  /** After which share of a ticket's life it is renewed, above 0 and below 1. Default 0.5. */
  renewAfter?: number | undefined
  /** Seconds from a failure to the next attempt; doubled each time. Default 1. */
  retryFirst?: number | undefined
  /** The most seconds from a failure to the next attempt. Default 60. */
  retryMost?: number | undefined
}

/** Checked. */
export interface RenewingSettings {
  acquire: {
    name?: Name
    mechanisms?: Mechanism[]
    enctypes?: Enctype[]
    noCiFlags: boolean
  }
  /** Bytes are a secret. */
  clientKeytab: string | Buffer | undefined
  ccache: string | undefined
  renewAfter: number
  retryFirst: number
  retryMost: number
}

function number(value: unknown, name: string, otherwise: number, above: number, most: number) {
  if (value === undefined) return otherwise
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value)
  if (value > above && value <= most) return value
  throw outOfRange(name, `> ${above} && <= ${most}`, value)
}

/** The process's as it is now: renewals come later. */
function ownKeytab(ccache: string | undefined): string | undefined {
  const [, , clientKeytab = ''] = ccache === undefined ? environment() : []
  return clientKeytab === '' ? undefined : clientKeytab
}

const DAY = 86400

const OPTIONS = [
  'name',
  'clientKeytab',
  'ccache',
  'store',
  'mechanisms',
  'enctypes',
  'noCiFlags',
  'renewAfter',
  'retryFirst',
  'retryMost',
] as const satisfies readonly (keyof RenewingOptions)[]

export function renewingSettings(options: RenewingOptions | undefined): RenewingSettings {
  const read = optionsOf(options, OPTIONS)
  const store = storeOption(read.store, ['clientKeytab', 'ccache'])
  const keytab = hereOrThere(read, store, 'clientKeytab')
  const cache = hereOrThere(read, store, 'ccache')
  if (keytab[0] !== undefined && cache[0] !== undefined) {
    throw invalidArgValue(cache[1], 'must not be given with a clientKeytab')
  }
  const ccache = optionalPlace(...cache)
  const { mechanisms, enctypes } = read
  mechanismOids(mechanisms, 'options.mechanisms')
  enctypeNumbers(enctypes, 'options.enctypes')
  const noCiFlags = flag(read.noCiFlags, 'options.noCiFlags', false)
  const settings = {
    renewAfter: number(read.renewAfter, 'options.renewAfter', 0.5, 0, 0.99),
    retryFirst: number(read.retryFirst, 'options.retryFirst', 1, 0, DAY),
    retryMost: number(read.retryMost, 'options.retryMost', 60, 0, DAY),
  }
  const name = nameOption(read.name, 'initiate')
  const acquire = {
    ...(name !== null && { name }),
    ...(mechanisms && { mechanisms: [...mechanisms] }),
    ...(enctypes && { enctypes: [...enctypes] }),
    noCiFlags,
  }
  const clientKeytab = keytabPlace(...keytab) ?? ownKeytab(ccache) // last: a mistake leaves no copy
  return { ...settings, acquire, clientKeytab, ccache }
}
