import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import { memoryEngineContract } from '../contracts/memory-engine.ts'

memoryEngineContract('the store in RAM', async () => {
  const store = { ...openMemoryStore(), close: () => {} }
  return { store, reopen: async () => store }
})
