/** A place to import into: it keeps what it is given by id, the first of each, and remembers how it was given it. */
import { createImportSession, type ImportSessionOptions } from '../../../src/memory/transfer/import-session.ts'
import type { Trajectory } from '../../../src/core/trajectory.ts'
import type { ImportResult } from '../../../src/memory/open-memory.ts'

export interface Shelf {
  kept: Map<string, Trajectory>
  batches: { size: number; accept: boolean }[]
  store: ImportSessionOptions['store']
}

export function emptyShelf(): Shelf {
  const kept = new Map<string, Trajectory>()
  const batches: Shelf['batches'] = []
  return {
    kept,
    batches,
    async store(items, { accept, signal }) {
      await Promise.resolve()
      if (signal?.aborted) throw new Error('the session asked with a signal that had fired')
      batches.push({ size: items.length, accept })
      const fresh = items.map(({ trajectory }) => trajectory).filter(({ id }) => !kept.has(id))
      for (const trajectory of fresh) kept.set(trajectory.id, trajectory)
      return { imported: fresh.length, skipped: items.length - fresh.length }
    },
  }
}

export type File = string | Uint8Array

export const NOW = Date.parse('2026-05-05T05:05:05.000Z')

/** All files through one session, in chunks of so many bytes or code units. */
export async function importInto(
  shelf: Shelf,
  files: readonly File[],
  { chunk = Infinity, longest }: { chunk?: number; longest?: number } = {},
): Promise<ImportResult> {
  const session = createImportSession({ store: shelf.store, accept: false, now: () => NOW, ...(longest !== undefined && { longest }) })
  for (const file of files) {
    for (let at = 0; at < file.length; at += chunk) await session.push(file.slice(at, at + chunk))
    await session.endFile()
  }
  return session.finish()
}
