/**
 * The vectors of one part of all keys (all goals, or all plans), each held once however many trajectories share it: in 16 bits a
 * number, in chunks, so that growing copies nothing and leaves no more than a chunk unused.
 */
import type { PackedVectors } from '../../util/packed-vectors.ts'

export interface VectorColumn {
  readonly dimensions: number
  /** The slot of the vector called `name`: the one it has, or a free one that the vector at `place` of `source` is copied to. */
  acquire(name: string, source: PackedVectors, place: number): number
  /** To be called once for each `acquire`; the last one frees the slot. */
  release(slot: number): void
  /** All slots are below. */
  readonly end: number
  dot(query: Float32Array, slot: number): number
  /** Inner products with the vectors of all slots; free ones have any number. Valid until the next call. */
  dots(query: Float32Array): Float64Array
  /** Writes the vector as it is compared. */
  unpack(slot: number, into: Float32Array, offset: number): void
  /** All vectors that are in use, one after another, with their names, and at which place of them each slot is. */
  save(): SavedColumn & { placeOf(slot: number): number }
}

export interface SavedColumn {
  names: string[]
  vectors: PackedVectors
}

/** Vectors of a chunk, a multiple of four: 200 kB where they have 384 numbers. */
const CHUNK = 256

interface Chunk {
  values: Int16Array
  scales: Float32Array
}

/** Empty; 2 bytes a number and about 100 more for each vector. */
export function createVectorColumn(dimensions: number): VectorColumn {
  const chunks: Chunk[] = []
  const slots = new Map<string, number>()
  const names: (string | undefined)[] = []
  const uses: number[] = []
  const free: number[] = []
  let products = new Float64Array(0)

  const chunkOf = (slot: number): Chunk => chunks[Math.floor(slot / CHUNK)] as Chunk
  const take = (name: string): number => {
    const slot = free.pop() ?? names.length
    if (slot === chunks.length * CHUNK) chunks.push({ values: new Int16Array(CHUNK * dimensions), scales: new Float32Array(CHUNK) })
    names[slot] = name
    uses[slot] = 0
    slots.set(name, slot)
    return slot
  }
  const copy = ({ values, scales }: PackedVectors, place: number, slot: number): void => {
    const chunk = chunkOf(slot)
    chunk.values.set(values.subarray(place * dimensions, (place + 1) * dimensions), (slot % CHUNK) * dimensions)
    chunk.scales[slot % CHUNK] = scales[place] as number
  }

  return {
    dimensions,
    get end() {
      return names.length
    },
    acquire(name, source, place) {
      let slot = slots.get(name)
      if (slot === undefined) {
        slot = take(name)
        copy(source, place, slot)
      }
      uses[slot] = (uses[slot] as number) + 1
      return slot
    },
    release(slot) {
      const left = (uses[slot] as number) - 1
      uses[slot] = left
      if (left > 0) return
      slots.delete(names[slot] as string)
      names[slot] = undefined
      free.push(slot)
    },
    dot(query, slot) {
      const { values, scales } = chunkOf(slot)
      return product(query, values, (slot % CHUNK) * dimensions) * (scales[slot % CHUNK] as number)
    },
    dots(query) {
      if (products.length < names.length) products = new Float64Array(chunks.length * CHUNK)
      chunks.forEach((chunk, i) => {
        const count = Math.min(CHUNK, names.length - i * CHUNK)
        for (let first = 0; first < count; first += 4) fourProducts(query, chunk, { first, into: products, at: i * CHUNK + first })
      })
      return products
    },
    unpack(slot, into, offset) {
      const { values, scales } = chunkOf(slot)
      const scale = scales[slot % CHUNK] as number
      const start = (slot % CHUNK) * dimensions
      for (let i = 0; i < dimensions; i++) into[offset + i] = (values[start + i] as number) * scale
    },
    save() {
      const used = Array.from(slots.values())
      const values = new Int16Array(used.length * dimensions)
      const scales = new Float32Array(used.length)
      const places = new Map(used.map((slot, place) => [slot, place]))
      used.forEach((slot, place) => {
        const chunk = chunkOf(slot)
        const start = (slot % CHUNK) * dimensions
        values.set(chunk.values.subarray(start, start + dimensions), place * dimensions)
        scales[place] = chunk.scales[slot % CHUNK] as number
      })
      return { names: Array.from(slots.keys()), vectors: { values, scales }, placeOf: (slot) => places.get(slot) as number }
    },
  }
}

function product(query: Float32Array, values: Int16Array, offset: number): number {
  let sum = 0
  for (let i = 0; i < query.length; i++) sum += (query[i] as number) * (values[offset + i] as number)
  return sum
}

/** Products with four vectors, one after another: each number of the query is read once for all, and no sum waits for another. */
function fourProducts(query: Float32Array, { values, scales }: Chunk, { first, into, at }: Target): void {
  const length = query.length
  const from = first * length
  const [second, third, fourth] = [from + length, from + 2 * length, from + 3 * length]
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let i = 0; i < length; i++) {
    const number = query[i] as number
    a += number * (values[from + i] as number)
    b += number * (values[second + i] as number)
    c += number * (values[third + i] as number)
    d += number * (values[fourth + i] as number)
  }
  into[at] = a * (scales[first] as number)
  into[at + 1] = b * (scales[first + 1] as number)
  into[at + 2] = c * (scales[first + 2] as number)
  into[at + 3] = d * (scales[first + 3] as number)
}

interface Target {
  first: number
  into: Float64Array
  at: number
}
