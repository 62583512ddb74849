/** Imports as the worker takes them in: the page hands over a chunk at a time, and says by number to which import it belongs. */
import { RepriseError } from '../core/errors.ts'
import type { ImportProgress, ImportResult } from './open-memory.ts'
import type { ImportSession } from './transfer/import-session.ts'

export type ImportApi = {
  /** Its number, for the calls below. */
  startImport(input: { accept: boolean }): number
  importChunk(input: { id: number; chunk: Uint8Array | string }): Promise<ImportProgress>
  /** A file ends. */
  importEnd(input: { id: number }): Promise<ImportProgress>
  importFinish(input: { id: number }): Promise<ImportResult>
  /** What is under way rejects with `aborted`, and the import is forgotten. */
  importAbort(input: { id: number }): void
}

interface Running {
  session: ImportSession
  signal: AbortSignal
  abort(): void
}

export function createImportDesk(start: (options: { accept: boolean }) => ImportSession): ImportApi {
  const running = new Map<number, Running>()
  let nextId = 0
  const at = (id: number): Running => {
    const found = running.get(id)
    if (found) return found
    throw new RepriseError('invalid-options', 'There is no such import: it is over.')
  }

  return {
    startImport({ accept }) {
      const id = nextId++
      const controller = new AbortController()
      running.set(id, { session: start({ accept }), signal: controller.signal, abort: () => controller.abort() })
      return id
    },
    importChunk({ id, chunk }) {
      const { session, signal } = at(id)
      return session.push(chunk, { signal })
    },
    importEnd({ id }) {
      const { session, signal } = at(id)
      return session.endFile({ signal })
    },
    async importFinish({ id }) {
      const { session, signal } = at(id)
      try {
        return await session.finish({ signal })
      } finally {
        running.delete(id)
      }
    },
    importAbort({ id }) {
      running.get(id)?.abort()
      running.delete(id)
    },
  }
}
