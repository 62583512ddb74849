/** From pieces of text to tokens with weights, and to the bytes that the trainer reads. */
import type { Tokenizer } from '../../src/embedded/tokenizer.ts'
import type { Piece } from './sequence.ts'

export interface Sequence {
  tokens: number[]
  /** Of predicting each token from those before it, 0 to 10. */
  weights: number[]
}

/** Longest sequence that the model reads; one that is longer loses its end. */
const CONTEXT = 1_536

/** Which words of a probe count. */
export type Probe = (piece: Piece, word: string) => boolean

export function encodeSequence(pieces: readonly Piece[], tokenizer: Tokenizer, probe?: Probe): Sequence {
  const encoder = tokenizer.begin()
  const tokens = [tokenizer.startToken]
  const weights = [0]
  for (const piece of pieces) {
    for (const word of tokenizer.split(piece.text)) {
      const encoded = encoder.encode(word)
      tokens.push(...encoded)
      weights.push(...encoded.map((token) => (token === tokenizer.unknownToken ? 0 : weigh(piece, word, probe))))
    }
  }
  return { tokens: tokens.slice(0, CONTEXT), weights: weights.slice(0, CONTEXT) }
}

function weigh(piece: Piece, word: string, probe: Probe | undefined): number {
  if (!probe) return piece.matters.includes(word) ? piece.weight : Math.min(1, piece.weight)
  return Number(piece.kind !== 'given' && probe(piece, word))
}

/** Length as uint16, tokens as uint16, weights as uint8; little-endian. */
export function toBytes({ tokens, weights }: Sequence): Uint8Array {
  const bytes = new Uint8Array(2 + 3 * tokens.length)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, tokens.length, true)
  for (const [i, token] of tokens.entries()) view.setUint16(2 + 2 * i, token, true)
  bytes.set(weights, 2 + 2 * tokens.length)
  return bytes
}
