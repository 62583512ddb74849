/** Where an agent may lead its page, and where it may send what is in it. */
import { RepriseError } from '../core/errors.ts'

export interface Origins {
  /** Whether an absolute URL is one of http or https at an allowed origin, without user-info, and written so that everybody reads it alike. */
  allows(url: string): boolean
}

/**
 * @param own the page's own origin or address; one that is not of http or https (a file, an opaque origin) allows nothing.
 * @param others origins the host allows besides, such as `https://pay.example`.
 * Errors: `invalid-options`.
 */
export function createOrigins(own: string, others: readonly string[]): Origins {
  const allowed = new Set(others.map(checkedOrigin))
  const ours = webUrl(own)?.origin
  if (ours !== undefined) allowed.add(ours)
  return {
    allows(url) {
      const parsed = webUrl(url)
      return parsed !== null && allowed.has(parsed.origin)
    },
  }
}

/** The origin that an option names. Errors: `invalid-options`. */
export function checkedOrigin(text: unknown): string {
  const parsed = typeof text === 'string' ? webUrl(text) : null
  if (parsed && parsed.pathname === '/' && !parsed.search && !parsed.hash && !parsed.host.includes('*')) return parsed.origin
  throw new RepriseError(
    'invalid-options',
    'An origin is scheme, host and port only, such as "https://shop.example". One that was given is not.',
  )
}

/** Browsers write URLs without backslashes, blanks and control characters before the query; what has them means to be read in two ways. */
function webUrl(text: string): URL | null {
  if (typeof text !== 'string' || /[\\\s\p{Cc}\p{Default_Ignorable_Code_Point}]/u.test(text.split(/[?#]/, 1)[0] ?? '')) return null
  if (!/^https?:\/\//i.test(text)) return null
  try {
    const url = new URL(text)
    return url.username || url.password ? null : url
  } catch {
    return null
  }
}
