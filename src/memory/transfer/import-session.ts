/**
 * An import where the memory works: bytes of files in, trajectories to the store in batches, and an account of what became of each
 * line. It holds one batch and one line, however long the files are.
 */
import { isRepriseError, RepriseError } from '../../core/errors.ts'
import type { Trajectory } from '../../core/trajectory.ts'
import { throwIfAborted } from '../../util/abort.ts'
import type { ImportProgress, ImportResult } from '../open-memory.ts'
import type { Standing } from './standing.ts'
import { createFileReader, worse, type FileReader, type Found } from './file-reader.ts'

export interface ImportItem {
  /** Whole and valid, with `import` as the source of its reward. */
  trajectory: Trajectory
  /** What had become of it where it was exported, if the line says so. */
  standing: Standing | undefined
}

export interface ImportSessionOptions {
  /**
   * Stores what is not stored already, all in one durable transaction or nothing. No id comes twice within a batch.
   * `accept`: it may be retrieved at once; else it is put into quarantine.
   */
  store(trajectories: ImportItem[], options: { accept: boolean; signal?: AbortSignal }): Promise<{ imported: number; skipped: number }>
  accept: boolean
  now?: () => number
  /** Bytes of the longest line or object that is read (default 32 MiB). */
  longest?: number
}

/**
 * Its calls wait for each other. One that rejects ends the session: what was stored before stays stored, later `push` and `endFile`
 * reject with the same error, and `finish` still tells how far it came.
 * Errors: what `store` rejects with, and `aborted`, each with how much was imported; `invalid-options` for what is no chunk.
 */
export interface ImportSession {
  /** The next bytes of the file, or its text; split anywhere. Stores each batch that they fill. Best in chunks of 64 kB to 1 MB. */
  push(chunk: Uint8Array | string, options?: Waiting): Promise<ImportProgress>
  /** What is pushed from now on belongs to the next file. */
  endFile(options?: Waiting): Promise<ImportProgress>
  /** Ends the last file where that was not said, and stores the rest. Errors: `import-invalid` where nothing was usable. */
  finish(options?: Waiting): Promise<ImportResult>
}

interface Waiting {
  /** Ends the session with `aborted`. */
  signal?: AbortSignal | undefined
}

/** Trajectories in a batch, and bytes of their lines. */
const BATCH = { count: 32, bytes: 4_000_000 }

export function createImportSession({ store, accept, now = Date.now, longest }: ImportSessionOptions): ImportSession {
  const tally = createTally()
  const bytesOf = createEncoder()
  const newFile = (): FileReader => createFileReader({ now, ...(longest !== undefined && { longest }) })
  let file = newFile()
  let begun = false
  let batch = newBatch()

  const flush = async (signal: AbortSignal | undefined): Promise<void> => {
    throwIfAborted(signal)
    if (batch.items.size === 0) return
    const { imported, skipped } = await store(Array.from(batch.items.values()), { accept, ...(signal && { signal }) })
    tally.stored(imported, skipped + batch.repeated)
    batch = newBatch()
  }
  const take = async (all: Iterable<Found>, signal: AbortSignal | undefined): Promise<void> => {
    for (const found of all) {
      tally.saw(found)
      if (found.kind !== 'trajectory') continue
      addTo(batch, found)
      if (batch.items.size >= BATCH.count || batch.bytes >= BATCH.bytes) await flush(signal)
    }
  }
  const endFile = async (signal: AbortSignal | undefined): Promise<void> => {
    for (const bytes of bytesOf.end()) await take(file.push(bytes), signal)
    await take(file.end(), signal)
    tally.endFile(file.checksum())
    file = newFile()
    begun = false
  }
  const session = createTurns(tally)

  return {
    push: (chunk, { signal } = {}) =>
      session.turn(signal, async () => {
        begun = true
        for (const bytes of bytesOf.next(chunk)) await take(file.push(bytes), signal)
        return tally.progress()
      }),
    endFile: ({ signal } = {}) =>
      session.turn(signal, async () => {
        await endFile(signal)
        return tally.progress()
      }),
    finish: ({ signal } = {}) =>
      session.last(signal, async () => {
        if (begun) await endFile(signal)
        await flush(signal)
        tally.refuseUseless()
      }),
  }
}

interface Batch {
  items: Map<string, ImportItem>
  bytes: number
  /** Trajectories whose id is in the batch already: the first one wins. */
  repeated: number
}

function newBatch(): Batch {
  return { items: new Map(), bytes: 0, repeated: 0 }
}

function addTo(batch: Batch, { trajectory, standing, bytes }: Found & { kind: 'trajectory' }): void {
  if (batch.items.has(trajectory.id)) batch.repeated++
  else {
    batch.items.set(trajectory.id, { trajectory, standing })
    batch.bytes += bytes
  }
}

interface Turns {
  turn<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T>
  /** The last turn: what was done, even where a turn before it failed. */
  last(signal: AbortSignal | undefined, work: () => Promise<void>): Promise<ImportResult>
}

/** One call after the other; none does anything after one that failed. */
function createTurns(tally: Tally): Turns {
  let before: Promise<unknown> = Promise.resolve()
  let failure: { error: unknown } | undefined
  let over = false

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = before.then(work)
    before = result.catch(() => {})
    return result
  }
  const guarded = async <T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> => {
    if (failure) throw failure.error
    if (over) throw new RepriseError('invalid-options', 'The import is finished. Start another one for more files.')
    try {
      throwIfAborted(signal)
      return await work()
    } catch (error) {
      failure = { error: tally.explain(error) }
      throw failure.error
    }
  }

  return {
    turn: (signal, work) => inTurn(() => guarded(signal, work)),
    last: (signal, work) =>
      inTurn(async () => {
        if (!failure && !over) await guarded(signal, work)
        over = true
        return tally.result()
      }),
  }
}

interface Tally {
  saw(found: Found): void
  stored(imported: number, skipped: number): void
  endFile(checksum: ImportResult['checksum']): void
  progress(): ImportProgress
  result(): ImportResult
  /** Errors: `import-invalid`. */
  refuseUseless(): void
  /** The error of an import that stopped, with what it had done. */
  explain(error: unknown): unknown
}

const MOST_PROBLEMS = 1000

function createTally(): Tally {
  const progress: ImportProgress = { lines: 0, imported: 0, skipped: 0, invalid: 0 }
  const problems: ImportResult['problems'] = []
  let file = 0
  let headers = 0
  let checksum: ImportResult['checksum'] | undefined

  return {
    saw(found) {
      progress.lines++
      if (found.kind === 'header') headers++
      if (found.kind === 'invalid') progress.invalid++
      if ((found.kind === 'invalid' || found.kind === 'remark') && problems.length < MOST_PROBLEMS)
        problems.push({ file, line: found.line, reason: found.reason })
    },
    stored(imported, skipped) {
      progress.imported += imported
      progress.skipped += skipped
    },
    endFile(of) {
      checksum = checksum === undefined ? of : worse(checksum, of)
      file++
    },
    progress: () => ({ ...progress }),
    result: () => ({ ...progress, problems: problems.map((problem) => ({ ...problem })), checksum: checksum ?? 'missing' }),
    refuseUseless() {
      if (progress.imported + progress.skipped > 0 || (headers > 0 && problems.length === 0)) return
      const reasons = problems.slice(0, 3).map(({ file: at, line, reason }) => `${file > 1 ? `file ${at}, ` : ''}line ${line}: ${reason}`)
      throw new RepriseError(
        'import-invalid',
        `Nothing was imported: ${reasons.join('; ') || 'there is nothing in what was given'}. The memory is unchanged. ` +
          'What can be read: an export of a memory, and trajectory files of package icrl.',
      )
    },
    explain(error) {
      if (!isRepriseError(error) || error.code === 'import-invalid') return error
      const { imported, skipped } = progress
      const kept = `The import stopped there: ${imported} trajectories were imported before and are kept, ${skipped} were stored already. Import the same again to go on.`
      return new RepriseError(error.code, `${error.message} ${kept}`, { cause: error })
    },
  }
}

interface Encoder {
  next(chunk: Uint8Array | string): Iterable<Uint8Array>
  end(): Iterable<Uint8Array>
}

/** Bytes of chunks of text, which may be split within a character that takes two code units. */
function createEncoder(): Encoder {
  const encoder = new TextEncoder()
  let half = ''
  const end = (): Uint8Array[] => {
    const left = half
    half = ''
    return left ? [encoder.encode(left)] : []
  }
  return {
    next(chunk) {
      if (chunk instanceof Uint8Array) return [...end(), chunk]
      if (typeof chunk !== 'string') throw new RepriseError('invalid-options', 'import: what is read must be text or bytes (Uint8Array).')
      const text = half + chunk
      half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : ''
      return [encoder.encode(half ? text.slice(0, -1) : text)]
    },
    end,
  }
}
