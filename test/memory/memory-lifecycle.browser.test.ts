import { openIdbStore } from '../../src/memory/store/idb-store.ts'
import { memoryLifecycleContract } from '../contracts/memory-lifecycle.ts'

memoryLifecycleContract('IndexedDB', (name) => openIdbStore({ name }))
