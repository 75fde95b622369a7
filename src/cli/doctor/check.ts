/** What one look of the doctor's found. */
import { GssError } from '../..'

export type Status = 'ok' | 'warning' | 'failed' | 'skipped'

export type Check = {
  check: string
  status: Status
  found: string
  /** What a person does about it. */
  advice?: string
}

export const ok = (check: string, found: string): Check => ({ check, status: 'ok', found })

export const skipped = (check: string, found: string): Check => ({
  check,
  status: 'skipped',
  found,
})

export const warning = (check: string, found: string, advice: string): Check => ({
  ...{ check, status: 'warning', found, advice },
})

export const failed = (check: string, found: string, advice: string): Check => ({
  ...{ check, status: 'failed', found, advice },
})

/** A failure of the package's own comes with its code and, mostly, with what to do. */
export function failedBy(check: string, error: unknown, otherwise: string): Check {
  if (!(error instanceof GssError)) {
    return failed(check, error instanceof Error ? error.message : String(error), otherwise)
  }
  const code = error.minorName ?? error.code
  return failed(check, `${error.message} (${code})`, error.hint ?? otherwise)
}

/** For all that is asked of the library: a KDC that is silent holds it for half a minute. */
const PATIENCE = 20_000

export const patience = () => AbortSignal.timeout(PATIENCE)

export const WITHOUT_TICKET = 'without a ticket no service can be asked for'

/** The result, or a rejection after so many milliseconds: a resolver may wait much longer. */
export async function within<T>(milliseconds: number, what: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer in ${milliseconds / 1000} s`)),
      milliseconds,
    )
  })
  try {
    return await Promise.race([what, late])
  } finally {
    clearTimeout(timer)
  }
}
