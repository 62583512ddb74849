import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CHUNK_BYTES, chunksOf, sourcesOf } from '../../src/memory/import-chunks.ts'
import type { ImportSource } from '../../src/memory/open-memory.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const iterable = <T>(parts: readonly T[]): AsyncIterable<T> => ({
  async *[Symbol.asyncIterator]() {
    yield* parts
  },
})
async function read(source: ImportSource): Promise<{ sizes: number[]; bytes: Buffer }> {
  const chunks: Uint8Array[] = []
  for await (const chunk of chunksOf(source, undefined)) chunks.push(chunk)
  return { sizes: chunks.map((chunk) => chunk.length), bytes: Buffer.concat(chunks) }
}

test('whatever the parts, the chunks are their bytes in order, and no character is torn', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  const property = fc.asyncProperty(fc.array(fc.oneof(text, text.map(bytesOf))), fc.nat(), async (parts, at) => {
    const whole = Buffer.concat(parts.map((part) => (typeof part === 'string' ? bytesOf(part) : part)))
    const cut = parts.flatMap((part) => [part.slice(0, at % (part.length + 1)), part.slice(at % (part.length + 1))])
    expect((await read(iterable(cut))).bytes).toEqual(whole)
  })
  await fc.assert(property)
})

test('chunks are as large as they may be but for the last, from many small parts as from one large', async () => {
  const sizes = [CHUNK_BYTES, CHUNK_BYTES, 1]
  const text = 'x'.repeat(2 * CHUNK_BYTES + 1)
  expect((await read(text)).sizes).toEqual(sizes)
  expect((await read(iterable([bytesOf(text)]))).sizes).toEqual(sizes)
  expect((await read(new Blob([text]))).sizes).toEqual(sizes)
  const small = Array.from({ length: 2 * CHUNK_BYTES + 1 }, () => 'x')
  expect((await read(iterable(small))).sizes).toEqual(sizes)
  expect((await read('')).sizes).toEqual([])
})

test('characters of several bytes fall on neither side of a cut', async () => {
  const text = `${'x'.repeat(CHUNK_BYTES - 2)}🔑${'ö'.repeat(CHUNK_BYTES)}`
  const { sizes, bytes } = await read(text)
  expect(bytes.toString()).toBe(text)
  expect(sizes.every((size) => size <= CHUNK_BYTES)).toBe(true)
})

test("half a character at the end is said to be one, and bytes of the caller's stay the caller's", async () => {
  expect((await read(iterable(['a\ud83d', bytesOf('b'), 'c\ud83d']))).bytes.toString()).toBe('a�bc�')
  const given = bytesOf('text')
  for await (const chunk of chunksOf(iterable([given]), undefined)) chunk.fill(0)
  expect(new TextDecoder().decode(given)).toBe('text')
})

test('a source that is left early is ended, and one that is quiet does not keep who aborts waiting', async () => {
  const ends: string[] = []
  const stream = new ReadableStream<string>({
    pull: (controller) => controller.enqueue('x'.repeat(CHUNK_BYTES)),
    cancel: () => void ends.push('stream'),
  })
  for await (const _ of chunksOf(stream, undefined)) break
  await expect.poll(() => ends).toEqual(['stream'])
  const quiet: AsyncIterable<string> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }
  const controller = new AbortController()
  const reading = chunksOf(quiet, controller.signal).next()
  controller.abort()
  await expect(reading).rejects.toMatchObject({ code: 'aborted' })
})

test('one file or several are told apart, and what cannot be read is refused by number', () => {
  expect(sourcesOf('text')).toEqual(['text'])
  expect(sourcesOf(['a', 'b'])).toEqual(['a', 'b'])
  expect(sourcesOf([])).toEqual([])
  for (const wrong of [undefined, null, 3, {}, new Uint8Array(1), ['a', ['b']]])
    expect(() => sourcesOf(wrong as never)).toThrow(/import: source [01] must be a string, a Blob/)
})
