/** An export as its reader gets it, on either side of the worker. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { throwIfAborted } from '../../util/abort.ts'
import { signalOf } from '../call-options.ts'
import type { Abortable, ExportTrailer } from '../open-memory.ts'
import type { ExportPart } from './export-part.ts'

/**
 * The lines of all parts, then the trailer; each part is asked for when the lines before it have been taken. An abort is noticed at
 * the next line.
 *
 * The lines are hashed here, one when it is taken, and not in the worker: a worker that is lost in the middle takes no half-made
 * hash with it, so that its part is simply asked for again. On the page's main thread that is 5 ms for a part of 1 MB (200 MB/s,
 * measured in Node); only a single trajectory of more than 10 MB takes over 50 ms.
 */
export async function* exportLines(
  partAt: (cursor: number | undefined, signal: AbortSignal | undefined) => Promise<ExportPart>,
  options: Abortable | undefined,
): AsyncGenerator<string, void, undefined> {
  const signal = signalOf(options, 'export')
  const hash = sha256.create()
  const encoder = new TextEncoder()
  let count = -1 // the header is no trajectory
  let cursor: number | undefined
  do {
    const part: ExportPart = await partAt(cursor, signal)
    for (const line of part.lines) {
      throwIfAborted(signal)
      hash.update(encoder.encode(line))
      count++
      yield line
    }
    cursor = part.next
  } while (cursor !== undefined)
  throwIfAborted(signal)
  const trailer: ExportTrailer = { format: 'reprise-trajectories', end: true, count, sha256: bytesToHex(hash.digest()) }
  yield `${JSON.stringify(trailer)}\n`
}
