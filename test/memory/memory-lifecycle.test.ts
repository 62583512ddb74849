import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import type { TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'
import { memoryLifecycleContract } from '../contracts/memory-lifecycle.ts'

const stores = new Map<string, TrajectoryStore>()
memoryLifecycleContract('the store in RAM', async (name) => {
  const store = stores.get(name) ?? { ...openMemoryStore(), close: () => {} }
  stores.set(name, store)
  return store
})
