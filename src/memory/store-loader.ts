/** Reads what was stored before: what the first search needs, the rest by and by, and everything anew where too much was missed. */
import { refuseOtherEmbedder } from './embedder-check.ts'
import type { Contents, StoreViewOptions } from './store-view.ts'
import type { KeysRow, TrajectoryStore } from './store/trajectory-store.ts'

export interface Loader {
  /** Resolves with the revision that the contents are of, once something can be searched. */
  first(): Promise<number>
  /** Resolves when all is read, or when the signal fires. What fails is told of, and tried again. */
  rest(signal: AbortSignal): Promise<void>
  /** Everything anew, at one stroke. */
  again(): Promise<void>
  progress(): { done: number; total: number } | undefined
  /** Revision of the saved index that was taken in. */
  restored(): number | undefined
}

/** Rows of keys read at once. */
const PAGE = 1_000
/** After a read that failed it is tried again, later each time (ms). */
const [AGAIN, LONGEST] = [500, 60_000]

export function createLoader({ store, snapshots, index, embedder, onFailed }: StoreViewOptions, contents: Contents): Loader {
  let progress: { done: number; total: number } | undefined
  let restored: number | undefined
  /** Where the next page begins; a new one where everything is read anew. */
  let reading: { after: string | undefined } | undefined

  /** Takes in the next page. */
  const advance = async (from: { after: string | undefined }): Promise<void> => {
    const rows = await readPage(store, from.after)
    if (reading !== from) return // everything was read anew meanwhile
    contents.load(rows)
    from.after = rows.at(-1)?.id
    if (progress) progress = { ...progress, done: Math.min(progress.done + rows.length, progress.total) }
    if (rows.length < PAGE) reading = progress = undefined
  }
  const finish = async (): Promise<void> => {
    while (reading) await advance(reading)
    contents.remember(false)
    await nameMissing(store, contents)
  }
  return {
    async first() {
      const [meta, total] = await store.read(async (reader) => [await reader.get('meta', 'meta'), await reader.count('keys')] as const)
      refuseOtherEmbedder(meta, embedder)
      if (!meta && total === 0) return 0
      restored = meta && (await snapshots.restore(index, meta))
      if (restored !== undefined) return restored
      progress = { done: 0, total }
      reading = { after: undefined }
      contents.remember(true)
      await advance(reading)
      return meta?.revision ?? 0
    },
    async rest(signal) {
      for (let wait = AGAIN; !signal.aborted; wait = Math.min(2 * wait, LONGEST)) {
        try {
          return await finish()
        } catch (error) {
          if (signal.aborted) return
          onFailed(error)
          await pause(wait, signal)
        }
      }
    },
    async again() {
      const rows: KeysRow[] = []
      let after: string | undefined
      for (let more = true; more;) {
        const page = await readPage(store, after)
        rows.push(...page)
        after = page.at(-1)?.id
        more = page.length === PAGE
      }
      reading = progress = undefined
      contents.clear()
      contents.load(rows)
    },
    progress: () => progress,
    restored: () => restored,
  }
}

function readPage(store: TrajectoryStore, after: string | undefined): Promise<KeysRow[]> {
  return store.read((reader) => reader.rows('keys', { after, limit: PAGE }))
}

/** Trajectories without a row of keys have to be embedded again. */
async function nameMissing(store: TrajectoryStore, contents: Contents): Promise<void> {
  const missing = await store.read(async (reader) => {
    if ((await reader.count('trajectories')) === (await reader.count('keys'))) return []
    const known = new Set(await reader.ids('keys'))
    return (await reader.ids('trajectories')).filter((id) => !known.has(id))
  })
  missing.forEach(contents.onStale)
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
