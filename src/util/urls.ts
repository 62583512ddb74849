/** URLs as hosts write them: relative ones mean the page's folder, wherever a worker or this library was loaded from. */
import { RepriseError } from '../core/errors.ts'

/** Errors: `invalid-options`. */
export function absoluteUrl(url: string): string {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href
  } catch (error) {
    throw new RepriseError('invalid-options', `${JSON.stringify(url)} is no URL that a file could be loaded from.`, { cause: error })
  }
}
