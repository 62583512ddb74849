/** Memories in RAM that can be opened, copied and deleted by name: the library's own engine over its store in RAM. */
import { createMemoryEngine, type MemoryEngine } from '../../src/memory/memory-engine.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import type { TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'
import { testEmbedder } from '../../src/testing/index.ts'

export interface MemoryShelf {
  open(name: string): Promise<MemoryEngine>
  delete(name: string): Promise<void>
  /** Names of the memories that hold something, in order. */
  names(): Promise<string[]>
  /** Ids of the trajectories of a memory, in order. */
  ids(name: string): Promise<string[]>
}

export function memoryShelf(): MemoryShelf {
  const stores = new Map<string, TrajectoryStore>()
  const openStore = async (name: string): Promise<TrajectoryStore> => {
    const store = stores.get(name) ?? { ...openMemoryStore(), close: () => {} }
    stores.set(name, store)
    return store
  }
  const shelf: MemoryShelf = {
    open: async (name) =>
      createMemoryEngine({ store: await openStore(name), embedder: testEmbedder({ dimensions: 4 }), index: 'exact', openStore }),
    delete: async (name) => void stores.delete(name),
    async names() {
      const full: string[] = []
      for (const name of stores.keys()) if ((await shelf.ids(name)).length > 0) full.push(name)
      return full.toSorted()
    },
    async ids(name) {
      const store = await openStore(name)
      return (await store.read((reader) => reader.ids('trajectories'))).toSorted()
    },
  }
  return shelf
}
