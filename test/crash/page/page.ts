/** The page that is killed: it has a memory open and does what it is told, and tells of each thing that was acknowledged. */
import { hashEmbedder } from '../../../src/embedding/hash-embedder.ts'
import { serveEmbedder } from '../../../src/embedding/linked-embedder.ts'
import { deleteMemory } from '../../../src/memory/delete-memory.ts'
import { connectMemory } from '../../../src/memory/memory-client.ts'
import type { OpenMemory } from '../../../src/memory/open-memory.ts'
import { openVersion1 } from '../../support/version-1.ts'
import { DIMENSIONS, type IndexKind, type PageApi, type Report } from '../page-api.ts'
import { dump } from './dump.ts'
import { perform } from './perform.ts'
import { survey } from './survey.ts'
import { tablesOf1 } from './tables-of-1.ts'

declare global {
  interface Window {
    memoryPage: PageApi
    /** Given by the test. */
    report(report: Report): Promise<void>
  }
}

let memory: OpenMemory | undefined
let worker: Worker | undefined

const open = (name: string, index: IndexKind): Promise<OpenMemory> =>
  connectMemory({
    name,
    index,
    persist: false,
    embedder: hashEmbedder({ dimensions: DIMENSIONS }),
    serveEmbedder,
    createWorker: () => (worker = new Worker(new URL('../../../workers/memory.worker.ts', import.meta.url), { type: 'module' })),
  })

const opened = (): OpenMemory => {
  if (memory) return memory
  throw new Error('no memory is open')
}

window.memoryPage = {
  async open(name, index) {
    memory = await open(name, index)
  },
  async run(actions, { lanes }) {
    void window.report({ type: 'begin' })
    const waiting = Array.from(actions.entries())
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [i, action] = next
        try {
          if (action.kind === 'open') await window.memoryPage.open(action.name, action.index)
          const progress = (imported: number): void => void window.report({ type: 'progress', i, imported })
          const result = action.kind === 'open' ? null : await perform(opened(), action, progress)
          void window.report({ type: 'acknowledged', i, result })
        } catch (error) {
          const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
          void window.report({ type: 'failed', i, code: typeof code === 'string' ? code : '', message: String(error) })
        }
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    void window.report({ type: 'end' })
  },
  perform: (action) => perform(opened(), action, () => {}),
  terminateWorker: () => worker?.terminate(),
  retrieve: async (query) => (await opened().retrieve(query, { k: 10_000, window: 0 })).map(({ trajectoryId }) => trajectoryId),
  survey: (queries, options) => survey(opened(), queries, options),
  async close() {
    await memory?.close()
    memory = undefined
  },
  dump,
  async makeVersion1(name, trajectories, embedder) {
    const db = await openVersion1(name, tablesOf1(trajectories, embedder))
    db.close()
  },
  deleteMemory: (name) => deleteMemory(name),
}
