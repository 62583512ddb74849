import { createLocks } from '../../src/memory/locks.ts'
import { locksContract } from '../contracts/locks.ts'

locksContract('locks within one script', () => createLocks(undefined))
