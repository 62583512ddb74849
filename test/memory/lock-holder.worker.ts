/** Takes a lock and never gives it back. */
import { createLocks } from '../../src/memory/locks.ts'

addEventListener('message', ({ data }: MessageEvent<string>) => {
  createLocks(data)
    .exclusive('write', () => {
      postMessage('held')
      return new Promise(() => {})
    })
    .catch(() => {})
})
