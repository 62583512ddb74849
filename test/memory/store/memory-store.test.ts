import { openMemoryStore } from '../../../src/memory/store/memory-store.ts'
import { trajectoryStoreContract } from '../../contracts/trajectory-store.ts'

trajectoryStoreContract('the store in RAM', async () => openMemoryStore())
