/**
 * Texts of a page as they may stand in a snapshot: one line, no code point that cannot be seen, in straight double quotes. Nothing that
 * a page wrote stands outside quotes, and inside them neither `"` nor `[` occurs, so no page text can pass for a line of the snapshot
 * or for a reference.
 */

// Soft hyphen, joiners, direction marks, fillers, variation selectors, annotations, tags: code points that show nothing.
const INVISIBLE =
  /\p{Default_Ignorable_Code_Point}|\p{Private_Use}|(?![\t-\r\u0085])\p{Control}|[\u17B4\u17B5\u2800\uFFF9-\uFFFC]|[\u{E0000}-\u{E0FFF}]/gu
const SPACES = /[\s\u0085\u1680\u2028\u2029]+/gu
const NEEDS_CARE = /[^\u0021-\u007E\u00A1-\u00AC\u00AE-\u024F ]| {2}/u

/** Visible code points of a text, white space collapsed. No more than `most` characters (UTF-16 units) of it are looked at. */
export function plainText(text: string, most = 20_000): string {
  const part = text.length > most ? text.slice(0, most) : text
  if (!NEEDS_CARE.test(part)) return part.trim()
  return part.toWellFormed().replace(INVISIBLE, '').replace(SPACES, ' ').trim()
}

/** In quotes, at most `most` characters of it; where that is not all, `all` says how long it really is. */
export function quoted(text: string, most = 300, all: number = text.length): string {
  return `"${defuse(shortened(text, most, all))}"`
}

/** The same without quotes around it, for texts that are joined before they are quoted. */
export function defuse(text: string): string {
  return /["[\]]/.test(text) ? text.replaceAll('"', '”').replaceAll('[', '⟦').replaceAll(']', '⟧') : text
}

/** The beginning of a text, with a note of its length where it is longer than `most`. */
export function shortened(text: string, most: number, all: number = text.length): string {
  if (text.length <= most && all <= text.length) return text
  const note = `… (${all} characters)`
  return `${text.slice(0, Math.max(0, most - note.length)).trimEnd()}${note}`.toWellFormed()
}

/**
 * A name that no person sees may hold instructions to a machine. It is used only where it is no sentence: short, and without the
 * punctuation of one.
 */
export function unseenName(text: string): string {
  // “Account: Ada” is a name; a colon after a word may be that of a speaker, and is not needed.
  const name = plainText(text, 200).replaceAll(/[:：]\s/gu, ' ')
  const short = name.length <= 40 && name.split(' ').length <= 6
  return short && !/[.!?;。！？；]\s|[.!?;。！？；]$/u.test(name) && !/[\n\r]/.test(text.trim()) ? name : ''
}
