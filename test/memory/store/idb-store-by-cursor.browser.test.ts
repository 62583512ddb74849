import { beforeAll } from 'vitest'
import { openIdbStore } from '../../../src/memory/store/idb-store.ts'
import { trajectoryStoreContract } from '../../contracts/trajectory-store.ts'

// Browsers other than Chromium, and older ones, have rows backwards by a cursor alone.
beforeAll(() => void Reflect.deleteProperty(IDBIndex.prototype, 'getAllRecords'))

let opened = 0
trajectoryStoreContract('the store in IndexedDB, by cursors', () => openIdbStore({ name: `cursor-${Date.now()}-${opened++}` }))
