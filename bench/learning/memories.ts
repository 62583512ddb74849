/** The memory of one unit of work: the library's own in its worker, with IndexedDB, filled with what the row says. */
import type { Embedder } from '../../src/core/embedder.ts'
import type { Memory } from '../../src/core/memory.ts'
import type { Exemplar } from '../../src/core/trajectory.ts'
import { createRandom, deriveSeed } from '../../src/embedded/random.ts'
import { hashEmbedder, openMemory, transformersEmbedder, type OpenMemory } from '../../src/index.ts'
import { storedIn, type Demonstrated } from './demonstrations.ts'
import type { Config } from './host.ts'
import type { Row, WorldAt } from './rows.ts'

export interface Memories {
  /** Empties the memory and fills it, unless it holds just that. `readOnly` promises that it will not be changed. */
  fill(row: Row, world: WorldAt, options: { readOnly: boolean }): Promise<{ memory: OpenMemory; stored: readonly Demonstrated[] }>
  close(): Promise<void>
}

export function createMemories({ lane, embedder: given }: Config): Memories {
  const open = new Map<Row['embedder'], { memory: OpenMemory; embedder: Embedder }>()
  let held = { what: '', stored: [] as readonly Demonstrated[] }

  const opened = async (kind: Row['embedder']): Promise<OpenMemory> => {
    const there = open.get(kind)
    if (there) return there.memory
    const embedder = kind === 'hash' ? hashEmbedder() : transformersEmbedder({ ...given, device: 'wasm' })
    const memory = await openMemory({ name: `learning-${kind}-${lane}`, embedder })
    open.set(kind, { memory, embedder })
    return memory
  }
  return {
    async fill(row, world, { readOnly }) {
      const memory = await opened(row.embedder)
      const what = JSON.stringify([row.embedder, row.stored, world])
      if (held.what !== what) {
        held = { what: '', stored: storedIn(world, row.stored) }
        await memory.clear()
        for (const trajectory of held.stored) await memory.add(trajectory)
      }
      held.what = readOnly ? what : ''
      return { memory, stored: held.stored }
    },
    async close() {
      for (const { memory, embedder } of open.values()) {
        await memory.clear()
        await memory.close()
        embedder.close?.()
      }
    },
  }
}

/** The memory as a row wants its exemplars chosen. */
export function choosing(memory: OpenMemory, { choice }: Row, seed: number): Memory {
  if (choice === 'retrieved') return memory
  if (choice === 'newest-last')
    return {
      ...memory,
      retrieve: async (query, options) =>
        (await memory.retrieve(query, options)).toSorted((a, b) => b.createdAt.localeCompare(a.createdAt)), // prompts put the first one last
    }
  return {
    ...memory,
    retrieve: async ({ goal }, { k }) => {
      const { items } = await memory.list({ limit: 1000 })
      const all = items.map(({ trajectory }) => trajectory).toSorted((a, b) => (a.id < b.id ? -1 : 1))
      const drawn = createRandom(deriveSeed(seed, goal)).sample(all, k) // the same ones for each decision of an episode
      return drawn.map(({ id, goal: about, plan, steps, outcome, createdAt }): Exemplar => {
        return { trajectoryId: id, goal: about, plan, steps, stepIndex: null, outcome, createdAt, score: 0, scores: {} }
      })
    },
  }
}
