/**
 * Vectors in half their bytes: 16-bit whole numbers with one scale for each vector. Inner products with them differ from those
 * of the original by about 0.00001, which changes no ranking that looks at hundredths.
 */

/** `scales.length` vectors of `values.length / scales.length` numbers each, one after another. */
export interface PackedVectors {
  values: Int16Array<ArrayBuffer>
  /** Number `i` of a vector is `values[i] * scale`. */
  scales: Float32Array<ArrayBuffer>
}

const LARGEST = 32_767

/** All of one length. */
export function packVectors(vectors: readonly Float32Array[]): PackedVectors {
  const dimensions = vectors[0]?.length ?? 0
  const values = new Int16Array(vectors.length * dimensions)
  const scales = new Float32Array(vectors.length)
  vectors.forEach((vector, place) => {
    const largest = vector.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
    // A scale that is rounded down to float32 must not push the largest number over the edge.
    const scale = Math.fround((largest / LARGEST) * (1 + 2 ** -23))
    scales[place] = scale
    if (scale > 0) vector.forEach((value, i) => (values[place * dimensions + i] = Math.round(value / scale)))
  })
  return { values, scales }
}

/** Inner product of `query` and the vector at `place`. */
export function dotPacked(query: Float32Array, { values, scales }: PackedVectors, place: number): number {
  const offset = place * query.length
  let sum = 0
  for (let i = 0; i < query.length; i++) sum += (query[i] as number) * (values[offset + i] as number)
  return sum * (scales[place] as number)
}

/** The vector at `place`, as it is compared. */
export function unpackVector({ values, scales }: PackedVectors, place: number): Float32Array<ArrayBuffer> {
  const dimensions = values.length / scales.length
  const scale = scales[place] as number
  return Float32Array.from(values.subarray(place * dimensions, (place + 1) * dimensions), (value) => value * scale)
}

/** Whether there are as many scales as vectors, each of `dimensions` numbers, and all is finite. */
export function isPacked({ values, scales }: PackedVectors, dimensions: number): boolean {
  return values.length === scales.length * dimensions && scales.every((scale) => Number.isFinite(scale) && scale >= 0)
}
