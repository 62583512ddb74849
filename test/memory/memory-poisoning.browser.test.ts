import { openIdbStore } from '../../src/memory/store/idb-store.ts'
import { memoryPoisoningContract } from '../contracts/memory-poisoning.ts'

memoryPoisoningContract('IndexedDB', (name) => openIdbStore({ name }))
