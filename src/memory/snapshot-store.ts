/**
 * Copies of the index beside the records, so that opening need not build it again. One transaction writes a copy with the
 * revision that it covers; a copy is used only where it is whole, by its SHA-256, and the store still knows every change since.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { TrajectoryIndex } from './index/trajectory-index.ts'
import type { MetaRow, SnapshotRow, TrajectoryStore } from './store/trajectory-store.ts'

export interface SnapshotStore {
  /** Fills an empty index from the saved copy; returns the revision that it covers, or `undefined` where it could not be used. */
  restore(index: TrajectoryIndex, meta: MetaRow): Promise<number | undefined>
  save(snapshot: Snapshot): Promise<void>
  /** What is saved, unless it turned out to be of no use: the revision it covers, and how many bytes it takes. */
  state(): Promise<{ revision: number; bytes: number } | undefined>
  /** Whether anything is saved, of use or not. */
  exists(): Promise<boolean>
  clear(): Promise<void>
}

export interface Snapshot {
  revision: number
  /** Id of the embedder. */
  embedder: string
  parts: Record<string, Uint8Array<ArrayBuffer>>
}

/** Bytes of one row. */
const CHUNK = 4 * 2 ** 20
const LIST = 'list'

export function createSnapshotStore({ snapshots }: Pick<TrajectoryStore, 'snapshots'>): SnapshotStore {
  /** Revision of a copy that turned out to be of no use. */
  let rejected: number | undefined
  const list = (): Promise<SnapshotRow | undefined> => snapshots.read((reader) => reader.get('snapshots', LIST))
  const readPart = async (part: Part): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    const whole = new Uint8Array(part.bytes)
    for (let offset = 0; offset < part.bytes; offset += CHUNK) {
      const row = await snapshots.read((reader) => reader.get('snapshots', chunkId(part.id, offset)))
      if (row?.bytes?.length !== Math.min(CHUNK, part.bytes - offset)) return undefined
      whole.set(row.bytes, offset)
    }
    return (await digest(whole)) === part.sha256 ? whole : undefined
  }

  const fill = async (index: TrajectoryIndex, saved: SnapshotRow): Promise<boolean> => {
    const parts: Record<string, Uint8Array<ArrayBuffer>> = {}
    for (const part of saved.parts ?? []) {
      const bytes = await readPart(part)
      if (!bytes) return false
      parts[part.id] = bytes
    }
    return index.restore(parts)
  }

  return {
    async restore(index, meta) {
      const saved = await list()
      if (saved?.revision === undefined) return undefined
      if (fits(saved, meta) && (await fill(index, saved))) return saved.revision
      rejected = saved.revision
      return undefined
    },
    async save({ revision, embedder, parts }) {
      const listed: Part[] = []
      for (const [id, bytes] of Object.entries(parts)) listed.push({ id, bytes: bytes.length, sha256: await digest(bytes) })
      await snapshots.write(async (writer) => {
        await writer.clear('snapshots')
        for (const [id, bytes] of Object.entries(parts))
          for (let offset = 0; offset < bytes.length; offset += CHUNK)
            await writer.put('snapshots', { id: chunkId(id, offset), bytes: bytes.slice(offset, offset + CHUNK) })
        await writer.put('snapshots', { id: LIST, revision, embedder, parts: listed })
      })
      rejected = undefined
    },
    async state() {
      const saved = await list()
      if (saved?.revision === undefined || saved.revision === rejected) return undefined
      return { revision: saved.revision, bytes: (saved.parts ?? []).reduce((sum, { bytes }) => sum + bytes, 0) }
    },
    exists: () => snapshots.read(async (reader) => (await reader.count('snapshots')) > 0),
    clear: () => snapshots.write((writer) => writer.clear('snapshots')),
  }
}

type Part = NonNullable<SnapshotRow['parts']>[number]

/** Whether it is of the store's embedder, and the store still knows every change since. */
function fits({ revision = -1, embedder }: SnapshotRow, meta: MetaRow): boolean {
  return embedder === meta.embedder.id && revision >= meta.forgotten && revision <= meta.revision
}

function chunkId(part: string, offset: number): string {
  return `${part}/${offset / CHUNK}`
}

/** In hexadecimal; by the browser where the page is a secure context. */
async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { subtle } = globalThis.crypto as Partial<Crypto>
  return bytesToHex(subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : sha256(bytes))
}
