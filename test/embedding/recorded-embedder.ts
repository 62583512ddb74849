/** An embedder that remembers what it was asked, and waits where it is told to. */
import type { Embedder } from '../../src/core/embedder.ts'

export interface RecordedEmbedder extends Embedder {
  batches: string[][]
  /** From now on calls wait for what this returns. */
  hold(): { release(): void }
}

export function recorded(inner: Embedder): RecordedEmbedder {
  const batches: string[][] = []
  let gate: Promise<void> = Promise.resolve()
  return {
    ...inner,
    batches,
    hold() {
      let release = (): void => {}
      gate = new Promise((resolve) => (release = resolve))
      return { release }
    },
    async embed(texts, options) {
      batches.push([...texts])
      await gate
      return inner.embed(texts, options)
    },
  }
}
