/** Indexes over the slots of columns as ones over vectors, each of which is put into a column of its own. */
import type { AdaptiveIndex } from '../../../src/memory/index/adaptive-index.ts'
import type { ExactIndex } from '../../../src/memory/index/exact-index.ts'
import { createVectorColumn, type VectorColumn } from '../../../src/memory/index/vector-column.ts'
import type { VectorIndex } from '../../../src/memory/index/vector-index.ts'
import { packVectors } from '../../../src/util/packed-vectors.ts'

export interface OverColumn<I> extends VectorIndex {
  readonly index: I
  readonly column: VectorColumn
}

export function overColumn<I extends ExactIndex | AdaptiveIndex>(
  dimensions: number,
  create: (columns: readonly VectorColumn[]) => I,
): OverColumn<I> {
  const column = createVectorColumn(dimensions)
  const index = create([column])
  const slots = new Map<number, number>()
  return {
    index,
    column,
    get size() {
      return index.size
    },
    add(label, vector) {
      const slot = column.acquire(String(label), packVectors([vector]), 0)
      slots.set(label, slot)
      index.add(label, [slot])
    },
    remove(label) {
      index.remove(label)
      const slot = slots.get(label)
      if (slot === undefined) return
      slots.delete(label)
      column.release(slot)
    },
    search: (query, n, allowed) => index.search([query], n, allowed),
  }
}
