/** Names of texts, so that equal goals and plans are known without keeping the texts in RAM. */
import { sha256 } from '@noble/hashes/sha2.js'

const BYTES = 16

/** The first 128 bits of the SHA-256 of its UTF-16 code units (low byte first), as 22 characters of base64url. */
export function keyOf(text: string): string {
  const digest = sha256(codeUnits(text)).subarray(0, BYTES)
  return btoa(String.fromCharCode(...digest)).replace(/[+/=]/g, (char) => ({ '+': '-', '/': '_' })[char] ?? '')
}

/** Not UTF-8, which makes one of all surrogates that stand alone. */
function codeUnits(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    bytes[2 * i] = unit & 0xff
    bytes[2 * i + 1] = unit >> 8
  }
  return bytes
}
