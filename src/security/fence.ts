/**
 * Text from a page, a tool or the store is data. A fence marks where it begins and ends in a prompt,
 * with a nonce that the text itself cannot contain, so that no text can close it. This is the one place where untrusted text
 * becomes text of a prompt.
 */
import type { Untrusted } from '../core/untrusted.ts'
import { inspect } from './untrusted.ts'

/** Marks of one prompt format. Every value is well-formed Unicode and within its cap. */
export interface Fence {
  readonly nonce: string
  /** The value between its marks; at most `maxCharacters` of it, the middle left out where it is longer. */
  wrap(kind: string, text: Untrusted, maxCharacters?: number): string
  /** A text of the model itself, which stands outside of all marks: at most `maxCharacters` of it, and no marks in it. */
  unmarked(text: string, maxCharacters?: number): string
}

/**
 * @param nonce one for each episode; random where nobody gives one. It appears in no fenced text: where a text contains it, a dot
 * stands for it. What looks like the mark of another fence is broken up, too, so that no text passes for marks of its own.
 */
export function createFence(nonce: string = randomNonce()): Fence {
  return {
    nonce,
    wrap: (kind, text, maxCharacters = Infinity) =>
      `<data-${nonce} kind="${kind}">\n${inert(shorten(inspect(text), maxCharacters), nonce)}\n</data-${nonce}>`,
    unmarked: (text, maxCharacters = Infinity) => inert(shorten(text, maxCharacters), nonce),
  }
}

/**
 * At most `maxCharacters` of a text, from its beginning and its end, with a note of how much is gone where there is room for one.
 * Lone surrogates become U+FFFD.
 */
export function shorten(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text.toWellFormed()
  const most = Math.max(1, Math.floor(maxCharacters))
  const note = ` … [${text.length} characters, shortened] … `
  const room = most - note.length
  if (room < note.length) return `${text.slice(0, most - 1)}…`.toWellFormed()
  const tail = Math.floor(room * 0.3)
  return `${text.slice(0, room - tail)}${note}${text.slice(text.length - tail)}`.toWellFormed()
}

function inert(text: string, nonce: string): string {
  return text.replaceAll(nonce, '…').replace(/<(?=\s*\/?\s*data-)/gi, '‹')
}

/** 48 random bits. */
export function randomNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
