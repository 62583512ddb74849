/** An export as its reader gets it, on either side of the worker. */
import { throwIfAborted } from '../util/abort.ts'
import type { ExportPart } from './archive.ts'
import { signalOf } from './call-options.ts'
import type { Abortable } from './open-memory.ts'

/** The lines of all parts; each part is asked for when the lines before it have been taken. An abort is noticed at the next line. */
export async function* exportLines(
  partAt: (cursor: number | undefined, signal: AbortSignal | undefined) => Promise<ExportPart>,
  options: Abortable | undefined,
): AsyncGenerator<string, void, undefined> {
  const signal = signalOf(options, 'export')
  let cursor: number | undefined
  do {
    const part: ExportPart = await partAt(cursor, signal)
    for (const line of part.lines) {
      throwIfAborted(signal)
      yield line
    }
    cursor = part.next
  } while (cursor !== undefined)
}
