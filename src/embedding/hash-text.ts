/** The arithmetic of the hash embedder: from a text to its vector. */
import { normalize } from '../util/vectors.ts'
import { clip } from './clip.ts'
import { tokens } from './tokens.ts'

/** Characters of a text that are looked at. */
const MOST_CHARACTERS = 8192

/** Share of a word's weight (its squared length) that lies on the word itself; the rest lies on its n-grams. */
const WHOLE_WORD = 0.6

/**
 * Places per word. Two words that fall on one place look alike; on four, each with a sign of its own, the error keeps
 * its variance but loses its tail (sparse Johnson–Lindenstrauss; Kane and Nelson 2014, doi 10.1145/2559902).
 */
const PLACES = 4

/** Unit length. */
export function hashText(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  for (const [token, { count, weight, grams }] of tokens(clip(text, MOST_CHARACTERS), MOST_CHARACTERS)) {
    const strength = weight * (1 + Math.log(count))
    const share = grams.length > 0 ? WHOLE_WORD : 1
    const perPlace = strength * Math.sqrt(share / PLACES)
    for (let place = 0; place < PLACES; place++) add(vector, { feature: token, kind: place, weight: perPlace })
    const perGram = strength * Math.sqrt((1 - share) / Math.max(1, grams.length))
    for (const gram of grams) add(vector, { feature: gram, kind: PLACES, weight: perGram })
  }
  normalize(vector)
  // Also where all features cancel out.
  if (!(Math.abs(vector.reduce((sum, x) => sum + x * x, 0) - 1) < 1e-3)) vector.fill(0).fill(1, 0, 1)
  return vector
}

interface Feature {
  feature: string
  /** Keeps the n-gram `ring` apart from the word `ring`. */
  kind: number
  weight: number
}

function add(vector: Float32Array, { feature, kind, weight }: Feature): void {
  const { index, sign } = place(feature, kind, vector.length)
  vector[index] = (vector[index] as number) + sign * weight
}

/**
 * Where a feature falls, and with which sign. The two come from different hash values: if the sign followed from
 * the index, features on one place would always add up instead of cancelling out on average.
 */
export function place(feature: string, kind: number, dimensions: number): { index: number; sign: 1 | -1 } {
  const index = Math.floor((hash(feature, Math.imul(kind + 1, 0x9e3779b1)) / 2 ** 32) * dimensions)
  return { index, sign: hash(feature, Math.imul(kind + 1, 0x85ebca77) ^ 0x5bd1e995) & 0x8000 ? 1 : -1 }
}

/** 32 well-mixed bits: multiply and rotate per code unit, finished as in MurmurHash3 (Appleby, public domain). */
function hash(text: string, seed: number): number {
  let h = seed | 0
  for (let i = 0; i < text.length; i++) {
    const unit = Math.imul(text.charCodeAt(i), 0xcc9e2d51 | 0)
    h ^= Math.imul((unit << 15) | (unit >>> 17), 0x1b873593)
    h = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64
  }
  h ^= text.length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
