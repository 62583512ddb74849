import { openIdbStore } from '../../../src/memory/store/idb-store.ts'
import { trajectoryStoreContract } from '../../contracts/trajectory-store.ts'

let opened = 0
trajectoryStoreContract('the store in IndexedDB', () => openIdbStore({ name: `contract-${Date.now()}-${opened++}` }))
