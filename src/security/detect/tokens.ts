/** Keys and tokens by their look: vendors' prefixes, JSON web tokens, private keys, what stands behind `Bearer`. */
import { KEY_UUID } from '../key-forms.ts'
import type { Span } from './span.ts'

export function* findTokens(text: string): Iterable<Span> {
  yield* prefixed(text)
  yield* webTokens(text)
  yield* privateKeys(text)
  yield* authorizations(text)
  for (const { 0: match, index } of text.matchAll(/(?<![\w-])\d{8,10}:[\w-]{35}(?![\w-])/g)) yield span(index, index + match.length)
  for (const { 0: match, 1: before = '', index } of text.matchAll(KEY_UUID))
    if (!/[|?!]|\.\s/.test(before)) yield span(index + before.length, index + match.length)
}

/** Each run of letters is looked at once, so that no text takes longer than its length. */
function* prefixed(text: string): Iterable<Span> {
  for (const { 0: run, index } of text.matchAll(/(?:SG\.)?[\w-]{16,}(?:\.[\w-]{16,})*/g))
    if (PREFIXES.test(run) && /\d/.test(run) && /[A-Za-z\d]{12}/.test(run)) yield span(index, index + run.length)
}

/** `eyJ` is how `{"` begins in base64, and so how a JSON web token begins. */
function* webTokens(text: string): Iterable<Span> {
  for (const { 0: run, index } of text.matchAll(/[\w.-]{24,}/g)) {
    const parts = run.split('.')
    let at = index
    for (const [place, part] of parts.entries()) {
      const begins = part.indexOf('eyJ')
      const next = parts[place + 1] ?? ''
      if (begins !== -1 && part.length - begins >= 12 && next.length >= 8) {
        yield span(at + begins, index + run.length)
        break
      }
      at += part.length + 1
    }
  }
}

/** From the first line to the last; where the last is missing (a text that was cut), as far as a key may reach. */
function* privateKeys(text: string): Iterable<Span> {
  let open: number | null = null
  for (const { 0: line, 1: kind, index } of text.matchAll(/-----(BEGIN|END) [A-Z\d ]{0,30}PRIVATE KEY(?: BLOCK)?-----/g)) {
    if (kind === 'BEGIN') open ??= index
    else if (open !== null) {
      yield span(open, Math.min(index + line.length, open + LONGEST_KEY))
      open = null
    }
  }
  if (open !== null) yield span(open, Math.min(text.length, open + LONGEST_KEY))
}

function* authorizations(text: string): Iterable<Span> {
  for (const { 0: match, 1: name = '', 2: token = '', index } of text.matchAll(/\b((?:bearer|basic)[ \t]{1,4})([\w.~+/-]{8,}=*)/gi))
    if (isRandom(token) || token.endsWith('=')) yield span(index + name.length, index + match.length)
}

/** Letters and digits mixed, in a run that is no word: what people write has blanks and hyphens. */
function isRandom(text: string): boolean {
  return /\d/.test(text) && /[a-z]/i.test(text) && /[A-Za-z\d]{8}/.test(text)
}

function span(start: number, end: number): Span {
  return { start, end, kind: 'token' }
}

const LONGEST_KEY = 16_000

/** As their vendors document them. `sk-` and the like are shared by many. */
const PREFIXES =
  /^[-_]{0,9}(?:sk[-_]|rk_live_|rk_test_|gh[pousr]_|github_pat_|glpat-|gldt-|xox[abeoprs]-|xapp-|AKIA|ASIA|AIza|ya29|hf_|npm_|pypi-|dop_v1_|doo_v1_|shp(?:at|ca|pa|ss)_|SG\.|sq0(?:atp|csp)-|whsec_|lin_api_|r8_|gsk_|xai-|pplx-|nvapi-|csk-|api-key[-_]|AGE-SECRET-KEY-|EAA[A-Z]|vercel_|sbp_|figd_|ntn_|secret_|tvly-|age-secret-key-)/
