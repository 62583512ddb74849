/** A memory that remembers nothing. */
import type { Memory } from '../../../src/core/memory.ts'

export const NO_MEMORY: Memory = {
  retrieve: () => Promise.resolve([]),
  record: () => Promise.resolve({ stored: false, pruned: [] }),
  add: () => Promise.reject(new Error('nothing is kept here')),
  has: () => false,
}
