import { openIdbStore } from '../../src/memory/store/idb-store.ts'
import { memoryEngineContract } from '../contracts/memory-engine.ts'

let opened = 0
memoryEngineContract('IndexedDB', async () => {
  const name = `engine-${Date.now()}-${opened++}`
  return { store: await openIdbStore({ name }), reopen: () => openIdbStore({ name }) }
})
