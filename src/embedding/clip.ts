/** The text that an embedder is given: never longer than it can use, always well-formed. */

/** Cuts `text` to `most` UTF-16 code units without splitting a character, and replaces lone surrogates by U+FFFD. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text.toWellFormed()
  const splits = isHighSurrogate(text.charCodeAt(most - 1)) && isLowSurrogate(text.charCodeAt(most))
  return text.slice(0, splits ? most - 1 : most).toWellFormed()
}

const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800
const isLowSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xdc00
