/**
 * The one place where secrets are taken out of texts: card numbers, keys and tokens, one-time codes, parameters with telling names,
 * what the host gave patterns for, and every secret that was seen in a field.
 */
import { RepriseError } from '../core/errors.ts'
import { findCardCodes, findCards } from './detect/cards.ts'
import { findCodes } from './detect/codes.ts'
import { createLearned, type Learned } from './detect/learned.ts'
import { findParameters } from './detect/parameters.ts'
import { BARRIER, FOUND_CODE, PLACEHOLDERS, type Detector, type Span } from './detect/span.ts'
import { findTokens } from './detect/tokens.ts'
import { compactView, decodedViews, plainView, type View } from './detect/view.ts'
import type { Sensitivity } from './element-facts.ts'
import { remembered } from './remembered.ts'

export interface RedactorOptions {
  /** What else is to go. They run over every text, so they must not backtrack; flags other than `i`, `m`, `s`, `u` and `v` do not count. */
  patterns?: readonly RegExp[]
  /** Known from the start; the same as `learn`. */
  secrets?: readonly string[]
}

export interface Redactor {
  /**
   * The text with a placeholder for each secret. Does nothing to what it has redacted before, takes time in proportion to the text, and
   * never throws.
   */
  redact(text: string): string
  /**
   * From now on `secret` goes wherever it stands and however it is encoded. 4 or 5 characters go only as a word of their own; fewer are
   * not learned, nor are names on cards, which have no digits.
   */
  learn(secret: string, what?: Sensitivity): void
}

/** Errors: `invalid-options`. */
export function createRedactor({ patterns = [], secrets = [] }: RedactorOptions = {}): Redactor {
  const learned = createLearned()
  const own = patterns.map(checkedPattern)
  for (const secret of secrets) learned.add(String(secret), 'secret')
  const redact = remembered((text) =>
    settle(text, (once) => cut(once, [...findLearned(once, learned), ...findOwn(once, own), ...detect(once)])),
  )
  return {
    redact,
    learn(secret, what = 'secret') {
      const before = learned.size + learned.numbers
      learned.add(secret, what)
      if (learned.size + learned.numbers > before) redact.forget()
    },
  }
}

function checkedPattern(pattern: RegExp): RegExp {
  if (!(pattern instanceof RegExp)) throw new RepriseError('invalid-options', 'A pattern for redaction is no regular expression.')
  return new RegExp(pattern.source, `g${pattern.flags.replace(/[gyd]/g, '')}`)
}

/**
 * Repeats until nothing is found, so that redacting twice is redacting once, whatever a placeholder puts together with its neighbours.
 * Only patterns and secrets that match placeholders' ends need more than two rounds; where they never come to rest, all goes.
 */
function settle(text: string, once: (text: string) => string): string {
  let before = text
  for (let round = 0; round < ROUNDS; round++) {
    const after = once(before)
    if (after === before) return after
    before = after
  }
  return PLACEHOLDERS.pattern
}

function* findLearned(text: string, learned: Learned): Iterable<Span> {
  if (learned.size === 0) return
  const plain = plainView(text)
  const { single, deep } = decodedViews(plain)
  for (const view of [plain, ...single, ...deep]) yield* learned.find(view)
  if (learned.numbers === 0) return
  for (const view of [plain, ...deep]) yield* learned.findDigits(compactView(view) ?? view)
}

function* findOwn(text: string, patterns: readonly RegExp[]): Iterable<Span> {
  for (const pattern of patterns)
    for (const { 0: match, index } of text.matchAll(pattern))
      if (match !== '') yield { start: index, end: index + match.length, kind: 'pattern' }
}

/** Detectors look past placeholders and references to secrets as if nothing could be told of them. */
function* detect(text: string): Iterable<Span> {
  const plain = plainView(
    text.replace(NOT_SEARCHED, (part) => (part === PLACEHOLDERS['one-time-code'] ? FOUND_CODE : BARRIER).repeat(part.length)),
  )
  for (const view of [plain, ...decodedViews(plain).deep]) for (const detector of DETECTORS) yield* inText(view, detector)
}

function* inText(view: View, detector: Detector): Iterable<Span> {
  for (const { start, end, kind } of detector(view.text)) if (end > start) yield { start: view.start(start), end: view.end(end - 1), kind }
}

function cut(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text
  const parts: string[] = []
  let done = 0
  for (const { start, end, kind } of merge(text, spans)) {
    parts.push(text.slice(done, start), PLACEHOLDERS[kind])
    done = end
  }
  return parts.join('') + text.slice(done)
}

/** In order; spans that overlap become one, and what lies within a placeholder is one already. */
function merge(text: string, spans: readonly Span[]): Span[] {
  const placeholders = Array.from(text.matchAll(PLACEHOLDER), ({ 0: match, index }) => ({ start: index, end: index + match.length }))
  const merged: Span[] = []
  let passed = 0
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    while ((placeholders[passed]?.end ?? Infinity) <= span.start) passed++
    const around = placeholders[passed]
    if (around && around.start <= span.start && span.end <= around.end) continue
    const last = merged.at(-1)
    if (last && span.start < last.end) last.end = Math.max(last.end, span.end)
    else merged.push({ ...span })
  }
  return merged
}

const ROUNDS = 8
const DETECTORS: readonly Detector[] = [findCards, findCardCodes, findTokens, findParameters, findCodes]

const ANY_PLACEHOLDER = Object.values(PLACEHOLDERS)
  .map((placeholder) => placeholder.replace(/[[\]]/g, '\\$&'))
  .join('|')
const PLACEHOLDER = new RegExp(ANY_PLACEHOLDER, 'g')
/** In `user[password]=…` it is part of a name. */
const NOT_SEARCHED = new RegExp(`(?:${ANY_PLACEHOLDER})(?!=)|\\{\\{secret:[^{}\\s]{1,64}\\}\\}`, 'g')
