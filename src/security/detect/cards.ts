/**
 * Card numbers: the right first digits for an issuer, the right length, a check digit that fits (Luhn, ISO/IEC 7812-1), and grouped as
 * people group them. Order numbers, times and phone numbers fail one of these.
 */
import type { Span } from './span.ts'

export function* findCards(text: string): Iterable<Span> {
  for (const { 0: run, index } of withPlainDigits(text).matchAll(RUN)) {
    if (run.length < MIN_DIGITS) continue
    yield* cardsIn(groupsOf(run, index))
  }
}

/** The number on the back of a card, beside a word for it. */
export function* findCardCodes(text: string): Iterable<Span> {
  for (const { 0: match, 1: code = '', index } of withPlainDigits(text).matchAll(CARD_CODE))
    // Of other names for it, four digits are a one-time code as well, which is looked for elsewhere.
    if (code.length === 3 || /^(?:cv|csc|card)/i.test(match))
      yield { start: index + match.length - code.length, end: index + match.length, kind: 'card' }
}

interface Group {
  digits: string
  start: number
  /** A dot or a comma between digits stands before it or behind it, so that by itself it is part of a number with decimals. */
  decimal: boolean
}

/** Groups begin and end a card number; there are at most 19 digits to a number, so that each group is looked at only so often. */
function* cardsIn(groups: readonly Group[]): Iterable<Span> {
  for (let first = 0; first < groups.length; first++) {
    const last = cardFrom(groups, first)
    const [from, to] = [groups[first], groups[last]]
    if (last < first || !from || !to) continue
    yield { start: from.start, end: to.start + to.digits.length, kind: 'card' }
    first = last
  }
}

/** The last group of the card number that begins with `first`, the longest there is; -1 where none begins. */
function cardFrom(groups: readonly Group[], first: number): number {
  let digits = ''
  let found = -1
  const sizes: number[] = []
  for (let last = first; last < groups.length; last++) {
    const group = groups[last]
    if (!group || digits.length + group.digits.length > MAX_DIGITS) break
    digits += group.digits
    sizes.push(group.digits.length)
    const alone = sizes.length === 1
    if (digits.length >= MIN_DIGITS && !(alone && group.decimal) && isGrouped(sizes) && isIssued(digits) && isLuhn(digits)) found = last
  }
  return found
}

function groupsOf(run: string, offset: number): Group[] {
  return Array.from(run.matchAll(/\d+/g), ({ 0: digits, index }) => ({
    digits,
    start: offset + index,
    decimal: /[.,]/.test(run[index - 1] ?? '') || /[.,]/.test(run[index + digits.length] ?? ''),
  }))
}

/** 4-4-4-4 with a rest, 4-6-5, 4-6-4, 8-8, or digits one by one or in pairs. */
function isGrouped(sizes: readonly number[]): boolean {
  const [first = 0, second = 0, third = 0] = sizes
  if (sizes.length === 1) return true
  if (sizes.length === 3 && first === 4 && second === 6) return third === 5 || third === 4
  if (sizes.length === 2 && first === 8 && second === 8) return true
  const last = sizes.at(-1) ?? 0
  return [4, 2, 1].includes(first) && sizes.slice(0, -1).every((size) => size === first) && last <= first
}

/** Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Maestro, Mir, Troy. */
function isIssued(digits: string): boolean {
  const { length } = digits
  const four = Number(digits.slice(0, 4))
  const two = Math.floor(four / 100)
  if (two === 34 || two === 37) return length === 15
  if (two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059)) return length === 14 || length === 16
  if (length < 16) return false
  if (digits.startsWith('4')) return length === 16 || length === 19
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720) || four === 9792) return length === 16
  return two === 50 || (two >= 56 && two <= 69) || two === 81 || (four >= 3528 && four <= 3589) || (four >= 2200 && four <= 2204)
}

function isLuhn(digits: string): boolean {
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at])
    sum += at % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0
}

/** Digits of other scripts as those of ASCII, each in its place. */
export function withPlainDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19]/g, (digit) => {
    const code = digit.charCodeAt(0)
    return String((code < 0x6f0 ? code - 0x660 : code < 0x966 ? code - 0x6f0 : code < 0xff10 ? code - 0x966 : code - 0xff10) % 10)
  })
}

const MIN_DIGITS = 14
const MAX_DIGITS = 19

/** Digits with up to three separators between. A comma stands only between digits of one number, never of a card. */
const RUN = /\d+(?:[ \t\u00a0\u2000-\u200d\u202f\u2060\u3000\ufeff\u2010-\u2015\u2212._·,-]{1,3}\d+)*/g

const CARD_CODE =
  /(?<![\p{L}\d])(?:cvc2?|cvv2?|cvn|csc|card (?:security|verification) (?:code|number|value)|security code|sicherheitscode|prüf(?:nummer|ziffer)|code de sécurité|cryptogramme|código de seguridad|codice di sicurezza|código de segurança|安全码|セキュリティコード)(?:[^\p{L}\d\n\ufffb\ufffc]{1,4}(?:is|ist|est|es|è|é)?[^\p{L}\d\n\ufffb\ufffc]{0,3}|は|：)(\d{3,4})(?![\p{L}\d]|[.,:/-]\d| ?[$€£¥%])/giu
