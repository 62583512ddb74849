import { expect, test } from 'vitest'
import type { ImportProgress, ImportSource } from '../../src/memory/open-memory.ts'
import { collect } from '../support/collect.ts'
import { newName, openLossy } from '../support/lost-workers.ts'
import { step, trajectory } from '../support/trajectories.ts'

/** JSON lines of so many trajectories, with text beyond ASCII, some kilobytes each. */
const lines = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => {
    const one = trajectory({ id: `t${from + i}`, goal: `goal 🗝 ${from + i}`, steps: [step(`the größte 🔑 ${'x'.repeat(3000)}`)] })
    return `${JSON.stringify(one)}\n`
  })
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const streamOf = <T>(parts: readonly T[]): ReadableStream<T> =>
  new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
async function* iterate<T>(parts: readonly T[]): AsyncGenerator<T> {
  yield* parts
}

const text = lines(150).join('')
const cut = text.indexOf('🗝') + 1
const bytes = bytesOf(text)
const sources: [string, () => ImportSource | ImportSource[]][] = [
  ['a string', () => text],
  ['a Blob', () => new Blob([text])],
  ['a stream of bytes', () => new Blob([text]).stream()],
  ['a stream of text, cut within a character', () => streamOf([text.slice(0, cut), text.slice(cut)])],
  ['an iterable of lines', () => iterate(lines(150))],
  ['an iterable of bytes, cut anywhere', () => iterate([bytes.subarray(0, 1001), bytes.subarray(1001, 300_007), bytes.subarray(300_007)])],
  ['several files of several kinds', () => [lines(50).join(''), new Blob(lines(50, 50)), iterate(lines(50, 100))]],
]

test.each(sources)('%s is imported whole, with progress, and again without harm', async (_, source) => {
  const { memory } = await openLossy([])
  const heard: ImportProgress[] = []
  const result = await memory.import(source(), { accept: true, onProgress: (progress) => heard.push(progress) })
  expect(result).toMatchObject({ lines: 150, imported: 150, skipped: 0, invalid: 0, problems: [], checksum: 'missing' })
  expect(heard.length).toBeGreaterThan(0)
  expect(heard.map((progress) => progress.lines)).toEqual(heard.map((progress) => progress.lines).toSorted((a, b) => a - b))
  expect(await memory.get('t149')).toMatchObject({ status: 'active', trajectory: { goal: 'goal 🗝 149' } })
  expect((await memory.get('t0'))?.trajectory.steps[0]?.observation).toContain('größte 🔑')
  expect(await memory.import(source())).toMatchObject({ imported: 0, skipped: 150 })
  await memory.close()
})

test('what one memory exports another imports as it comes, checksum and all; the bytes of the caller stay its own', async () => {
  const [one, other] = [await openLossy([]), await openLossy([])]
  await one.memory.import(bytesLeft(), { accept: true })
  expect(await other.memory.import(one.memory.export())).toMatchObject({ imported: 150, checksum: 'ok' })
  expect((await other.memory.list({ status: 'quarantined', limit: 1000 })).items).toHaveLength(150)
  expect(bytes.length).toBe(bytesOf(text).length)
  await Promise.all([one.memory.close(), other.memory.close()])
})
const bytesLeft = (): AsyncGenerator<Uint8Array> => iterate([bytes])

/** Gives so many lines, then waits; `left` resolves when its reader has gone. */
const stalling = (count: number): { source: AsyncIterable<string>; reached: Promise<void>; left: Promise<void> } => {
  let [reach, leave] = [(): void => {}, (): void => {}]
  const [reached, left] = [new Promise<void>((resolve) => (reach = resolve)), new Promise<void>((resolve) => (leave = resolve))]
  const given = lines(count)
  let at = 0
  const next = async (): Promise<IteratorResult<string>> => {
    const value = given[at++]
    if (value !== undefined) return { done: false, value }
    reach()
    return new Promise(() => {})
  }
  const stop = async (): Promise<IteratorResult<string>> => {
    leave()
    return { done: true, value: undefined }
  }
  return { source: { [Symbol.asyncIterator]: () => ({ next, return: stop }) }, reached, left }
}

test('an aborted import keeps what it had stored, says how much, and can be gone on with', async () => {
  const { memory } = await openLossy([])
  const { source, reached, left } = stalling(400)
  const controller = new AbortController()
  const importing = memory.import(source, { signal: controller.signal })
  importing.catch(() => {})
  await reached
  controller.abort()
  const error = (await importing.catch((thrown: unknown) => thrown)) as { code: string; message: string }
  const kept = await memory.count()
  expect(error).toMatchObject({ code: 'aborted', message: expect.stringMatching(`${kept} `) as string })
  expect(kept).toBeGreaterThan(0)
  await left
  expect(await memory.import(lines(400).join(''))).toMatchObject({ imported: 400 - kept, skipped: kept })
  await expect(memory.import(text, { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' })
  await memory.close()
})

test('an import that is aborted at any moment says exactly how much it stored', async () => {
  const { memory } = await openLossy([])
  for (const delay of [0, 5, 20, 60]) {
    await memory.clear()
    const controller = new AbortController()
    setTimeout(() => controller.abort(), delay)
    const outcome = await memory.import(lines(600).join(''), { signal: controller.signal }).then(
      ({ imported }) => `${imported}`,
      (error: { code: string; message: string }) => (error.code === 'aborted' ? (/\b\d+\b/.exec(error.message)?.[0] ?? '0') : error.code),
    )
    expect(outcome).toBe(`${await memory.count()}`)
  }
  await memory.close()
})

test('an import whose worker is lost says what is kept, and can be repeated', async () => {
  const { memory, kill } = await openLossy([])
  const { source, reached, left } = stalling(400)
  const importing = memory.import(source)
  importing.catch(() => {})
  await reached
  const kept = await memory.count()
  kill()
  const message: unknown = expect.stringMatching(/At least \d+ trajectories.*Import the same again/s)
  await expect(importing).rejects.toMatchObject({ code: 'worker-lost', message })
  await left
  expect(await memory.count()).toBe(kept)
  expect(await memory.import(lines(400).join(''))).toMatchObject({ imported: 400 - kept, skipped: kept })
  await memory.close()
})

test('an import that waits for its source ends when the memory is closed', async () => {
  const { memory } = await openLossy([])
  const { source, reached, left } = stalling(1)
  const importing = memory.import(source)
  importing.catch(() => {})
  await reached
  await memory.close()
  await expect(importing).rejects.toMatchObject({ code: 'memory-closed' })
  await left
})

test('a source that fails ends its import with what was kept, and one of no use with import-invalid', async () => {
  const { memory } = await openLossy([])
  async function* failing(): AsyncGenerator<string> {
    yield* lines(400)
    throw new TypeError('network gone')
  }
  await expect(memory.import(failing())).rejects.toMatchObject({
    code: 'import-invalid',
    message: expect.stringMatching(/could not be read: TypeError: network gone\. \d+ trajectories were stored/) as string,
  })
  expect(await memory.count()).toBeGreaterThan(0)
  await expect(memory.import('nothing of use\n')).rejects.toMatchObject({ code: 'import-invalid' })
  await expect(memory.import(iterate([3 as unknown as string]))).rejects.toMatchObject({ code: 'invalid-options' })
  const stream = streamOf(lines(1))
  stream.getReader()
  await expect(memory.import(stream)).rejects.toMatchObject({ code: 'import-invalid' })
  await memory.close()
})

test('storage in RAM imports and exports as well', async () => {
  const { memory } = await openLossy([], { storage: 'memory', name: newName() })
  expect(await memory.import(text)).toMatchObject({ imported: 150 })
  expect(await collect(memory.export())).toHaveLength(152)
  await memory.close()
})
