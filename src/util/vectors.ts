/** Arithmetic on unit vectors, and the check that an embedder kept its promise. */
import { RepriseError } from '../core/errors.ts'

/** Inner product of `a` and the part of `b` that starts at `offset`; on unit vectors the cosine similarity. */
export function dot(a: Float32Array, b: Float32Array, offset = 0): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[offset + i] as number)
  return sum
}

/** Scales to unit length in place; a zero vector stays zero. */
export function normalize(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector))
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length
  return vector
}

/** Vectors one after another in one array. */
export function concatenate(vectors: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const joined = new Float32Array(vectors.reduce((length, vector) => length + vector.length, 0))
  let offset = 0
  for (const vector of vectors) {
    joined.set(vector, offset)
    offset += vector.length
  }
  return joined
}

/** Throws `embedder-failed` unless there are `count` finite vectors of `dimensions` numbers and unit length. */
export function checkVectors(
  vectors: unknown,
  expected: { id: string; count: number; dimensions: number },
): asserts vectors is Float32Array[] {
  const { id, count, dimensions } = expected
  const fail = (what: string): never => {
    throw new RepriseError('embedder-failed', `The embedder ${id} ${what}. Nothing was stored.`)
  }
  if (!Array.isArray(vectors) || vectors.length !== count)
    fail(`returned ${Array.isArray(vectors) ? vectors.length : 'no'} vectors for ${count} texts`)
  for (const vector of vectors as unknown[]) {
    if (!(vector instanceof Float32Array)) fail('returned something else than Float32Array')
    const array = vector as Float32Array
    if (array.length !== dimensions) fail(`returned a vector of ${array.length} numbers instead of ${dimensions}`)
    const length = Math.sqrt(dot(array, array))
    if (!Number.isFinite(length)) fail('returned a vector with numbers that are not finite')
    if (Math.abs(length - 1) > 0.01) fail(`returned a vector of length ${length.toFixed(3)} instead of 1`)
  }
}
