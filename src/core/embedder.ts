/** What turns texts into vectors. */

/**
 * Embeds texts as unit vectors. `id` names model and settings: vectors of different ids are never compared.
 * Errors: `embedder-failed`, `aborted`, `worker-lost`.
 */
export interface Embedder {
  /** Stored with the vectors, e.g. `hash/1-384`: a new model, or settings that change the vectors, need a new id. */
  readonly id: string
  /** Numbers per vector, 1 or more. */
  readonly dimensions: number
  /** One `Float32Array` of `dimensions` numbers and unit length per text, in order; none for no texts. */
  embed(texts: readonly string[], options?: { signal?: AbortSignal }): Promise<Float32Array[]>
  /**
   * How another worker reaches this embedder without crossing the page. The library's own embedders have it;
   * one that the host brings is served by the page where it lives.
   */
  link?(): EmbedderLink
  /** Frees what it holds (a worker, a model). An embedder that held something rejects every later call with `embedder-failed`. */
  close?(): void
}

/** A port to transfer to the worker that embeds through it; or the size of a hash embedder, which runs in place and needs none. */
export type EmbedderLink = { kind: 'port'; port: MessagePort } | { kind: 'hash'; dimensions: number }
