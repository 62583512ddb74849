/** What turns texts into vectors. */

/**
 * Embeds texts as unit vectors. `id` names model and settings: vectors of different ids are never compared.
 * Errors: `embedder-failed`, `aborted`, `worker-lost`.
 */
export interface Embedder {
  readonly id: string
  /** Numbers per vector. */
  readonly dimensions: number
  /** One `Float32Array` of `dimensions` numbers and unit length per text, in order. */
  embed(texts: readonly string[], options?: { signal?: AbortSignal }): Promise<Float32Array[]>
  /**
   * How another worker reaches this embedder without crossing the page. The library's own embedders have it;
   * one that the host brings is served by the page where it lives.
   */
  link?(): EmbedderLink
  /** Frees what it holds (a worker, a model). */
  close?(): void
}

export type EmbedderLink = { kind: 'port'; port: MessagePort } | { kind: 'hash'; dimensions: number }
