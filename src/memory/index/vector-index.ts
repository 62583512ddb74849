/** The contract of an index: the vectors most like a query, by inner product. */

export interface VectorIndex {
  /** Vectors in it. */
  readonly size: number
  /** `label`, a whole number below 2³², must not have been in it before. The vector is copied. */
  add(label: number, vector: Float32Array): void
  /** A label that is not in it is ignored. */
  remove(label: number): void
  /** The `n` best matches, of the labels that are `allowed` where that is given, best first; all where there are fewer. An approximate index may miss some. */
  search(query: Float32Array, n: number, allowed?: Allowed): Match[]
}

export type Allowed = (label: number) => boolean

export interface Match {
  label: number
  /** Inner product of the query and the vector. */
  similarity: number
}

/** What answers searches at the moment, and why. */
export interface IndexState {
  kind: 'exact' | 'hnsw'
  /** A sentence for people. */
  reason: string
}
