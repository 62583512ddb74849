/** Secrets that were told: found in every form in which a text may hold them, whatever stands around. */
import type { Sensitivity } from '../element-facts.ts'
import { formsOf } from '../key-forms.ts'
import type { Span } from './span.ts'
import type { View } from './view.ts'

export interface Learned {
  /** Takes up one more; what is too short or no secret at all (a row of dots) is left out. */
  add(secret: string, what: Sensitivity): void
  /** In a view of a text, in the text's own places. */
  find(view: View): Iterable<Span>
  /** Numbers alone, in a view without blanks and dashes. */
  findDigits(compact: View): Iterable<Span>
  readonly size: number
  /** Of those whose digits are to be found though blanks and dashes stand between. */
  readonly numbers: number
}

export function createLearned(): Learned {
  const forms = new Map<string, Sensitivity>()
  const digits = new Map<string, Sensitivity>()
  return {
    add(secret, what) {
      if (/^([*•●·∙▪x.\s])\1*$/u.test(secret) || (what === 'card' && !/\d/.test(secret))) return
      for (const form of everyFormOf(secret)) forms.set(form, forms.get(form) ?? what)
      const number = secret.replace(/[\s\p{Pd}._]/gu, '')
      if (/^\d{6,}$/.test(number)) digits.set(number, digits.get(number) ?? what)
    },
    find: (view) => findAll(view, forms),
    findDigits: (compact) => findAll(compact, digits),
    get size() {
      return forms.size
    },
    get numbers() {
      return digits.size
    },
  }
}

function* findAll(view: View, secrets: ReadonlyMap<string, Sensitivity>): Iterable<Span> {
  for (const [secret, kind] of secrets) {
    for (let at = view.text.indexOf(secret); at !== -1;) {
      const end = at + secret.length
      const whole = secret.length >= SHORT || !(isWordAt(view.text, at - 1) || isWordAt(view.text, end))
      if (whole) yield { start: view.start(at), end: view.end(end - 1), kind }
      at = view.text.indexOf(secret, whole ? end : at + 1)
    }
  }
}

function isWordAt(text: string, index: number): boolean {
  return /[\p{L}\p{N}_]/u.test(text[index] ?? '')
}

/**
 * The secret as it is, composed and decomposed, without invisible characters, in URLs and forms, JSON, HTML, hexadecimal and base64,
 * there also in the middle of something longer (`user:password`).
 */
export function everyFormOf(secret: string): ReadonlySet<string> {
  const forms = new Set<string>()
  const visible = secret.replace(/\p{Default_Ignorable_Code_Point}/gu, '')
  const oneLine = visible.replace(/\s+/g, ' ').trim()
  const plain = [secret, secret.trim(), visible, oneLine, asInSnapshots(oneLine)]
  for (const variant of new Set(plain.flatMap((text) => [text, text.normalize('NFC'), text.normalize('NFD')]))) {
    if (variant.length < SHORTEST || variant.trim() === '') continue
    for (const form of formsOf(variant)) forms.add(form)
    forms
      .add(encodeURIComponent(variant.toWellFormed()).replaceAll('%20', '+'))
      .add(new URLSearchParams({ '': variant }).toString().slice(1))
    forms.add(escapeHtml(variant, '&#39;')).add(escapeHtml(variant, '&#x27;'))
    for (const form of encodings(new TextEncoder().encode(variant))) forms.add(form)
  }
  return forms
}

/** Snapshots of pages keep straight quotes and brackets for themselves. */
function asInSnapshots(text: string): string {
  return text.replaceAll('"', '”').replaceAll('[', '⟦').replaceAll(']', '⟧')
}

function escapeHtml(text: string, apostrophe: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", apostrophe)
}

function encodings(bytes: Uint8Array): string[] {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const base64 = [0, 1, 2].map((before) => base64Within(bytes, before)).filter((form) => form.length >= SHORT)
  return [hex, hex.toUpperCase(), ...base64, ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))]
}

/** The characters of base64 that depend on nothing but `bytes` where `before` bytes more (mod 3) stand before them. */
function base64Within(bytes: Uint8Array, before: number): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  const encoded = btoa('\0'.repeat(before) + binary)
  return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
}

const SHORTEST = 4

/** What is shorter is a word or a number of its own, or else every `test` would go out of `latest`. */
const SHORT = 6
