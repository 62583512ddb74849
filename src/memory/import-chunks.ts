/** What a page imports, whatever it comes as, in chunks of bytes that can be handed over to a worker without being copied again. */
import { RepriseError } from '../core/errors.ts'
import { abortable } from '../util/abort.ts'
import type { ImportSource } from './open-memory.ts'

/** Bytes in a chunk, but for the last. Text is encoded in such pieces, so that the page is never held up. */
export const CHUNK_BYTES = 256_000

/** One file or several. Errors: `invalid-options`, before anything is read, where one of them cannot be read from. */
export function sourcesOf(source: ImportSource | readonly ImportSource[]): readonly ImportSource[] {
  const sources = (Array.isArray as (value: unknown) => value is readonly ImportSource[])(source) ? source : [source]
  sources.forEach((one, file) => {
    if (typeof one !== 'string' && !isBlob(one) && !isStream(one) && !isIterable(one))
      throw invalid(`source ${file} must be a string, a Blob, a ReadableStream or an async iterable, of text or of bytes`)
  })
  return sources
}

/**
 * All of a file, text as UTF-8. Leaving early ends the reading of its source.
 * Errors: `aborted`; `invalid-options` where it gives something else than text and bytes; whatever the source itself throws.
 */
export async function* chunksOf(
  source: ImportSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const packer = createPacker()
  for await (const part of partsOf(source, signal)) yield* typeof part === 'string' ? packer.text(part) : packer.bytes(part)
  yield* packer.rest()
}

async function* partsOf(source: ImportSource, signal: AbortSignal | undefined): AsyncGenerator<string | Uint8Array, void, undefined> {
  if (typeof source === 'string') return yield source
  const iterator = iteratorOf(source)
  try {
    for (;;) {
      const { done, value } = await abortable(iterator.next(), signal)
      if (done) return
      yield checkPart(value)
    }
  } finally {
    // Not waited for: a source that has gone quiet may never answer.
    void Promise.resolve(iterator.return?.()).catch(() => {})
  }
}

function iteratorOf(source: Exclude<ImportSource, string>): AsyncIterator<unknown> {
  const stream = isBlob(source) ? source.stream() : source
  // Safari's streams are no iterables.
  return isStream(stream) ? readerOf(stream) : stream[Symbol.asyncIterator]()
}

function readerOf(stream: ReadableStream<string | Uint8Array>): AsyncIterator<unknown> {
  const reader = stream.getReader()
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    return: async () => {
      await reader.cancel()
      reader.releaseLock()
      return { done: true, value: undefined }
    },
  }
}

function checkPart(part: unknown): string | Uint8Array {
  if (typeof part === 'string') return part
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
  throw invalid('a source gave something that is neither text nor bytes')
}

interface Packer {
  text(part: string): Generator<Uint8Array<ArrayBuffer>, void, undefined>
  bytes(part: Uint8Array): Generator<Uint8Array<ArrayBuffer>, void, undefined>
  rest(): Generator<Uint8Array<ArrayBuffer>, void, undefined>
}

/** Small parts are put together, since each chunk is a message; large ones are divided. All are copied: the caller's stay its own. */
function createPacker(): Packer {
  const encoder = new TextEncoder()
  let chunk = new Uint8Array(CHUNK_BYTES)
  let used = 0
  /** The first half of a character whose second half is in the next part. */
  let half = ''

  const take = (): Uint8Array<ArrayBuffer> => {
    const taken = used === CHUNK_BYTES ? chunk : chunk.slice(0, used)
    chunk = new Uint8Array(CHUNK_BYTES)
    used = 0
    return taken
  }
  function* encode(text: string): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    for (let at = 0; at < text.length;) {
      const { read, written } = encoder.encodeInto(text.slice(at, at + CHUNK_BYTES), chunk.subarray(used))
      at += read
      used += written
      if (at < text.length) yield take()
    }
  }
  function* endHalf(): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const text = half
    half = ''
    yield* encode(text)
  }

  return {
    *text(part) {
      const text = half + part
      half = isFirstHalf(text.charCodeAt(text.length - 1)) ? text.slice(-1) : ''
      yield* encode(text.slice(0, text.length - half.length))
    },
    *bytes(part) {
      yield* endHalf()
      for (let at = 0; at < part.length;) {
        const piece = part.subarray(at, at + CHUNK_BYTES - used)
        chunk.set(piece, used)
        at += piece.length
        used += piece.length
        if (used === CHUNK_BYTES) yield take()
      }
    },
    *rest() {
      yield* endHalf()
      if (used > 0) yield take()
    },
  }
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isBlob(value: unknown): value is Blob {
  return isObject(value) && typeof value['stream'] === 'function' && 'size' in value
}

function isStream(value: unknown): value is ReadableStream<string | Uint8Array> {
  return isObject(value) && typeof value['getReader'] === 'function'
}

function isIterable(value: unknown): value is AsyncIterable<string | Uint8Array> {
  return isObject(value) && Symbol.asyncIterator in value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function invalid(what: string): RepriseError {
  return new RepriseError('invalid-options', `import: ${what}.`)
}
