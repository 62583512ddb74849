/**
 * Vectors that cost nothing: a text names its place, so page, workers and oracle make the same vector from it without a message.
 * They lie in clusters within clusters, as the texts of an agent's tasks do: kind, topic within the kind, then the text's own part.
 */
import { createRandom, deriveSeed } from '../../src/embedded/random.ts'
import { normalize } from '../../src/util/vectors.ts'

export const DIMENSIONS = 384
/** Not the library's own: what is stored with these vectors is never mixed with others. */
export const EMBEDDER_ID = `bench/prepared-${DIMENSIONS}`
export const KINDS = 60
const TOPICS = 20

/** Lengths of the three parts before the sum is made a unit. Texts of one topic then have a cosine of about 0.65, of one kind 0.38. */
const PARTS = { kind: 0.6, topic: 0.5, own: 0.6 }

export type VectorOf = (text: string) => Float32Array

/** `goal k3 t7 #19 …` is near all `goal k3 t7`; a text of another form lies where its hash says. */
export function createVectors(): VectorOf {
  const noise = gaussian(1 << 18)
  const centres = new Map<string, Float32Array>()
  const unit = (name: string): Float32Array => {
    const seed = deriveSeed(name)
    const [a, b] = [seed >>> 14, Math.imul(seed, 0x9e3779b1) >>> 14].map((at) => at % (noise.length - DIMENSIONS)) as [number, number]
    const vector = noise.slice(a, a + DIMENSIONS)
    for (let i = 0; i < DIMENSIONS; i++) vector[i] = (vector[i] as number) + (noise[b + i] as number)
    return normalize(vector)
  }
  const centre = (name: string): Float32Array => {
    const known = centres.get(name) ?? unit(name)
    centres.set(name, known)
    return known
  }
  return (text) => {
    const [, field = 'other', kind = text, topic = text] = /^(\w+) k(\d+) t(\d+) /.exec(text) ?? []
    const [first, second, own] = [centre(`${field} ${kind}`), centre(`${field} ${kind} ${topic}`), unit(text)]
    const vector = new Float32Array(DIMENSIONS)
    for (let i = 0; i < DIMENSIONS; i++)
      vector[i] = PARTS.kind * (first[i] as number) + PARTS.topic * (second[i] as number) + PARTS.own * (own[i] as number)
    return normalize(vector)
  }
}

/** Box and Muller's way to normal numbers. */
function gaussian(count: number): Float32Array {
  const random = createRandom(1)
  return Float32Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next()))
}

/** A text of `length` characters or a little more that names its place. */
export function placedText(field: string, { kind, topic, number }: Place, length: number): string {
  const random = createRandom(deriveSeed(field, number))
  let text = `${field} k${kind} t${topic} #${number}`
  while (text.length < length) text += ` ${random.pick(WORDS)}`
  return text
}

export interface Place {
  kind: number
  topic: number
  /** Tells the texts of one topic apart. */
  number: string
}

export function placeFor(number: string): Place {
  const random = createRandom(deriveSeed('place', number))
  return { kind: random.integer(KINDS), topic: random.integer(TOPICS), number }
}

const WORDS =
  'basket locker shelf tray cabinet badge coin lever key lamp pasta rice soup basil lemon pepper archive legal sales desk red blue green harbor lobby studio camera puzzle ruler rope magnet winter garden office travel school'.split(
    ' ',
  )
