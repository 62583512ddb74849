/** The page's side of an import: it reads the files and hands them to the worker, chunk by chunk; what is in them it never looks at. */
import { isRepriseError, RepriseError } from '../core/errors.ts'
import { throwIfAborted } from '../util/abort.ts'
import { tell } from '../util/tell.ts'
import type { WorkerClient } from '../util/worker-rpc/client.ts'
import { chunksOf } from './import-chunks.ts'
import type { MemoryApi } from './memory-service.ts'
import type { ImportOptions, ImportProgress, ImportResult, ImportSource } from './open-memory.ts'
import { sentence } from './sentence.ts'

export interface SendOptions extends Omit<ImportOptions, 'signal'> {
  signal: AbortSignal | undefined
  /** What is stored outlives the worker. */
  lasting: boolean
}

/**
 * Waits for the worker after each chunk, so that a long file never piles up in it.
 * Errors: those of the session in the worker; `worker-lost`, since a stream cannot be read twice; `import-invalid` where a source
 * cannot be read to its end; `aborted`.
 */
export async function sendImport(
  client: WorkerClient<MemoryApi>,
  sources: readonly ImportSource[],
  { accept = false, onProgress, signal, lasting }: SendOptions,
): Promise<ImportResult> {
  let progress: ImportProgress = { lines: 0, imported: 0, skipped: 0, invalid: 0 }
  const told = (next: ImportProgress): void => {
    if (next.lines !== progress.lines) tell(onProgress, next)
    progress = next
  }
  // Else a source that has gone quiet would hide that the worker is gone.
  const gone = new AbortController()
  void client.lost.then(() => gone.abort())
  const over = AbortSignal.any(signal ? [signal, gone.signal] : [gone.signal])
  const id = await client.call('startImport', { accept })
  // The worker's answer is still waited for: it knows how much was stored.
  const stop = (): void => void client.call('importAbort', { id }).catch(() => {})
  signal?.addEventListener('abort', stop, { once: true })
  try {
    for (const source of sources) {
      for await (const chunk of chunksOf(source, over)) {
        throwIfAborted(signal)
        told(await client.call('importChunk', { id, chunk }, { transfer: [chunk.buffer] }))
      }
      throwIfAborted(signal)
      told(await client.call('importEnd', { id }))
    }
    throwIfAborted(signal)
    return await client.call('importFinish', { id })
  } catch (error) {
    stop()
    throw explain({ error: signal?.aborted ? error : (client.gone() ?? error), gone: client.gone(), signal, progress, lasting })
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

interface Failed {
  error: unknown
  /** Why the worker is gone. */
  gone: RepriseError | undefined
  signal: AbortSignal | undefined
  progress: ImportProgress
  lasting: boolean
}

/** The worker's own errors say what was stored before; what happens on this side of it is explained here. */
function explain({ error, gone, signal, progress: { imported }, lasting }: Failed): unknown {
  const kept = `${imported} ${imported === 1 ? 'trajectory was' : 'trajectories were'} stored and kept. Import the same again to go on: what is stored already is skipped.`
  if (!isRepriseError(error))
    return new RepriseError('import-invalid', `A source could not be read: ${sentence(error)} ${kept}`, { cause: error })
  if (error.code === 'worker-lost' && error === gone)
    return new RepriseError(
      'worker-lost',
      lasting
        ? `The memory worker was lost during the import. At least ${kept}`
        : 'The memory worker was lost during the import, and with it all that this memory held.',
      { cause: error },
    )
  if (error.code === 'aborted' && error.cause === signal?.reason)
    return new RepriseError('aborted', `The import was aborted by its caller. ${kept}`, { cause: error.cause })
  return error
}
