/** Memories whose workers are lost when and how a test wants it. */
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { serveEmbedder } from '../../src/embedding/linked-embedder.ts'
import { connectMemory, type ConnectMemoryOptions } from '../../src/memory/memory-client.ts'
import type { MemoryEvent, OpenMemory } from '../../src/memory/open-memory.ts'

let made = 0
export const newName = (): string => `lossy-${Date.now()}-${made++}`

export const plain = (): Worker => new Worker(new URL('../../workers/memory.worker.ts', import.meta.url), { type: 'module' })

export interface Halting {
  create: () => Worker
  /** Resolves when the method was called and, with `after`, carried out. */
  reached: Promise<void>
}

/** One that carries out `method` or not, then never answers, or ends by itself. */
export function halting(how: 'before' | 'after' | 'close' | 'throw', method: string): Halting {
  const name = `${how}:${method}:${newName()}`
  const channel = new BroadcastChannel(name)
  return {
    create: () => new Worker(new URL('../memory/halting-memory.worker.ts', import.meta.url), { type: 'module', name }),
    reached: new Promise((resolve) => {
      channel.onmessage = () => {
        channel.close()
        resolve()
      }
    }),
  }
}

export const missing = (): Worker => new Worker('/no/such/worker.js', { type: 'module' })

export interface Lossy {
  memory: OpenMemory
  events: MemoryEvent[]
  /** All that were started. */
  workers: Worker[]
  kill(): void
}

/** The first worker comes from the first factory and so on; later ones are plain. */
export async function openLossy(
  factories: readonly (() => Worker | Promise<Worker>)[],
  options: Partial<ConnectMemoryOptions> = {},
): Promise<Lossy> {
  const workers: Worker[] = []
  const createWorker = async (): Promise<Worker> => {
    const worker = await (factories[workers.length] ?? plain)()
    workers.push(worker)
    return worker
  }
  const embedder = hashEmbedder({ dimensions: 64 })
  const memory = await connectMemory({ name: newName(), embedder, serveEmbedder, ...options, createWorker })
  const events: MemoryEvent[] = []
  memory.subscribe((event) => events.push(event))
  return { memory, events, workers, kill: () => workers.at(-1)?.terminate() }
}
