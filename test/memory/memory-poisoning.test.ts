import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import type { TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'
import { memoryPoisoningContract } from '../contracts/memory-poisoning.ts'

const stores = new Map<string, TrajectoryStore>()
memoryPoisoningContract('the store in RAM', async (name) => {
  const store = stores.get(name) ?? { ...openMemoryStore(), close: () => {} }
  stores.set(name, store)
  return store
})
