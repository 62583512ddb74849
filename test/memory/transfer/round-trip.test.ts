import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import type { Trajectory } from '../../../src/core/trajectory.ts'
import { exportLines } from '../../../src/memory/transfer/export-lines.ts'
import { createExporter } from '../../../src/memory/transfer/export-part.ts'
import { collect } from '../../support/collect.ts'
import { step, trajectory } from '../../support/trajectories.ts'
import { exported, imported, storeOf } from './exported.ts'
import { emptyShelf, importInto } from './import-into.ts'

// Any code units at all: control characters, half surrogates, line separators.
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('\u2028\u2029', '\r\n', '{"format":"reprise-trajectories"}', '__proto__', '\ufeff', '\ud800'),
)
const metadata = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
  .map((value) => JSON.stringify(value))
  .filter((json) => !json.includes('__proto__'))
  .map((json) => JSON.parse(json) as JsonObject)
const anyStep = fc
  .record({ observation: text, reasoning: text, action: text, metadata: fc.option(metadata, { nil: undefined }) })
  .map(({ metadata: notes, ...rest }) => ({ ...rest, ...(notes && { metadata: notes }) }))
const anyTrajectory: fc.Arbitrary<Trajectory> = fc
  .record({
    id: text.filter((id) => id.length > 0),
    goal: text,
    plan: text,
    steps: fc.array(anyStep, { maxLength: 4 }),
    outcome: text,
    success: fc.boolean(),
    reward: fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs),
    createdAt: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString()),
    provenance: fc.record({
      origin: text,
      model: text,
      rewardSource: fc.constantFrom('environment', 'verifier', 'user', 'seed', 'import'),
      pageText: fc.boolean(),
    }),
    metadata,
    taskId: fc.option(text, { nil: undefined }),
    supersedes: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  })
  .map(({ taskId, supersedes, ...rest }) => ({ ...rest, ...(taskId !== undefined && { taskId }), ...(supersedes && { supersedes }) }))
const several = fc.uniqueArray(anyTrajectory, { selector: ({ id }) => id, maxLength: 6 })

test('what is exported comes back as it was, but for who judged it, in chunks of any size and as text or bytes', async () => {
  await fc.assert(
    fc.asyncProperty(several, fc.integer({ min: 1, max: 300 }), fc.boolean(), async (all, chunk, asText) => {
      const file = (await exported(all)).join('')
      const shelf = emptyShelf()
      const result = await importInto(shelf, [asText ? file : new TextEncoder().encode(file)], { chunk })
      expect(result).toEqual({ lines: all.length + 2, imported: all.length, skipped: 0, invalid: 0, problems: [], checksum: 'ok' })
      expect(Array.from(shelf.kept.values())).toEqual(all.map(imported))
    }),
    { numRuns: 200 },
  )
})

test('a file split at every byte is read alike', async () => {
  const file = new TextEncoder().encode((await exported([trajectory({ goal: 'ключ 🗝\ud800' }), trajectory({ id: 'two' })])).join(''))
  const whole = await importInto(emptyShelf(), [file])
  expect(whole).toMatchObject({ imported: 2, checksum: 'ok' })
  for (const layout of [file, new TextEncoder().encode(JSON.stringify([trajectory(), trajectory({ id: 'ö' })], null, 2))]) {
    const expected = await importInto(emptyShelf(), [layout])
    for (let at = 1; at < layout.length; at++) {
      const shelf = emptyShelf()
      const chunked = await importInto(shelf, [layout], { chunk: at })
      if (JSON.stringify(chunked) !== JSON.stringify(expected)) throw new Error(`split every ${at} bytes: ${JSON.stringify(chunked)}`)
      expect(shelf.kept.size).toBe(2)
    }
  }
})

test('line breaks and a byte order mark that an editor has put in harm neither lines nor checksum', async () => {
  const file = (await exported([trajectory(), trajectory({ id: 'two' })])).join('')
  const edited = `\ufeff${file.replaceAll('\n', '\r\n')}\r\n`
  expect(await importInto(emptyShelf(), [edited], { chunk: 7 })).toMatchObject({ imported: 2, invalid: 0, checksum: 'ok' })
})

test('an export is a header, the trajectories from the oldest on, and the SHA-256 of these lines', async () => {
  const all = Array.from({ length: 70 }, (_, i) => trajectory({ id: `${i}` }))
  const lines = await exported(all)
  expect(lines.every((line) => line.endsWith('\n') && !line.slice(0, -1).includes('\n'))).toBe(true)
  const [header, ...rest] = lines.map((line): unknown => JSON.parse(line))
  expect(header).toEqual({ format: 'reprise-trajectories', version: 1, count: 70, embedder: 'test-embedder' })
  expect(rest.slice(0, -1)).toEqual(all)
  const sha256 = createHash('sha256').update(lines.slice(0, -1).join('')).digest('hex')
  expect(rest.at(-1)).toEqual({ format: 'reprise-trajectories', end: true, count: 70, sha256 })
})

test('an export of nothing is a header and a trailer, and importing it is no error', async () => {
  const lines = await exported([])
  expect(lines).toHaveLength(2)
  expect(await importInto(emptyShelf(), [lines.join('')])).toEqual({
    lines: 2,
    imported: 0,
    skipped: 0,
    invalid: 0,
    problems: [],
    checksum: 'ok',
  })
})

test('parts of an export stay small where trajectories are large, and together hold each once', async () => {
  const all = Array.from({ length: 40 }, (_, i) => trajectory({ id: `${i}`, steps: [step('x'.repeat(i % 2 ? 10 : 400_000))] }))
  const { exportPart } = createExporter({ store: await storeOf(all), embedderId: 'e', onDamaged: () => {} })
  const parts = []
  for (let cursor: number | undefined, more = true; more;) {
    const part = await exportPart(cursor)
    parts.push(part.lines.join('').length)
    cursor = part.next
    more = cursor !== undefined
  }
  expect(Math.max(...parts)).toBeLessThan(2_000_000)
  expect(await exported(all)).toHaveLength(42)
})

test('a damaged record is left out of an export and told of', async () => {
  const store = await storeOf(['a', 'b', 'c'].map((id) => trajectory({ id })))
  await store.write((writer) =>
    writer.put('trajectories', { id: 'b', seq: 2, status: 'active', bytes: 1, trajectory: { id: 'b' } as Trajectory }),
  )
  const damaged: string[] = []
  const { exportPart } = createExporter({ store, embedderId: 'e', onDamaged: (id) => damaged.push(id) })
  const lines = await collect(exportLines((cursor) => exportPart(cursor), undefined))
  expect(damaged).toEqual(['b'])
  expect(lines.slice(1, -1).map((line) => (JSON.parse(line) as Trajectory).id)).toEqual(['a', 'c'])
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ count: 2 })
})

test('an export that is aborted ends at the next line, without a trailer', async () => {
  const { exportPart } = createExporter({ store: await storeOf([trajectory()]), embedderId: 'e', onDamaged: () => {} })
  const stop = new AbortController()
  const lines = exportLines((cursor) => exportPart(cursor), { signal: stop.signal })
  await lines.next()
  stop.abort()
  await expect(lines.next()).rejects.toMatchObject({ code: 'aborted' })
})

test('exports after each other in one file each count with their own checksum', async () => {
  const [a, b] = [(await exported([trajectory({ id: 'a' })])).join(''), (await exported([trajectory({ id: 'b' })])).join('')]
  expect(await importInto(emptyShelf(), [a + b])).toMatchObject({ imported: 2, checksum: 'ok' })
  const cut = a.split('\n').slice(0, 2).join('\n')
  expect(await importInto(emptyShelf(), [`${cut}\n${b}`])).toMatchObject({ imported: 2, checksum: 'missing' })
})
