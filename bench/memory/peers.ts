/** Asks a worker that does nothing else. */
import type { PeersInput, PeersResult } from './peers.worker.ts'
import { QUERIES } from './retrieval.ts'

const ASKED = 200

export function measurePeers(size: number): Promise<PeersResult> {
  const worker = new Worker(new URL('./peers.worker.ts', import.meta.url), { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<PeersResult>) => {
      worker.terminate()
      resolve(data)
    }
    worker.onerror = ({ message }) => reject(new Error(message))
    worker.postMessage({ size, queries: ASKED, answered: QUERIES } satisfies PeersInput)
  })
}
