/** Memories as files: written as one, and read from many. */
import type { OpenMemory } from 'reprise'
import type { ImportProgress, ImportResult } from './memory-types.ts'

/** All that is stored, as lines; read a page at a time. */
export async function exportBlob(memory: OpenMemory): Promise<Blob> {
  const lines = memory.export()
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { value, done } = await lines.next()
      if (done) controller.close()
      else controller.enqueue(new TextEncoder().encode(value))
    },
    cancel: async () => void (await lines.return()),
  })
  return new Response(stream, { headers: { 'content-type': 'application/jsonl' } }).blob()
}

export interface Reading {
  signal: AbortSignal
  /** `ratio` from 0 to 1: how much of the files was read. */
  onProgress(progress: ImportProgress, ratio: number): void
}

/** Nothing of it is retrieved before it is accepted. Errors: those of `OpenMemory.import`. */
export async function importFiles(memory: OpenMemory, files: readonly File[], { signal, onProgress }: Reading): Promise<ImportResult> {
  const total = files.reduce((sum, { size }) => sum + size, 0)
  let read = 0
  const sources = files.map((file) => counted(file, (count) => void (read += count)))
  return memory.import(sources, { signal, onProgress: (progress) => onProgress(progress, total === 0 ? 1 : read / total) })
}

/** Opened when it is its turn: a browser need not hold thousands of files open. */
async function* counted(file: File, onRead: (count: number) => void): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = file.stream().getReader()
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      onRead(value.byteLength)
      yield value
    }
  } finally {
    await reader.cancel()
  }
}
