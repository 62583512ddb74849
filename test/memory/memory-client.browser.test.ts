import { expect, test } from 'vitest'
import type { Embedder } from '../../src/core/embedder.ts'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { serveEmbedder } from '../../src/embedding/linked-embedder.ts'
import { deleteMemory } from '../../src/memory/delete-memory.ts'
import { connectMemory, type ConnectMemoryOptions } from '../../src/memory/memory-client.ts'
import type { MemoryEvent, OpenMemory } from '../../src/memory/open-memory.ts'
import { collect } from '../support/collect.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { step, trajectory } from '../support/trajectories.ts'

let made = 0
const newName = (): string => `client-${Date.now()}-${made++}`
const newWorker = (): Worker => new Worker(new URL('../../workers/memory.worker.ts', import.meta.url), { type: 'module' })
const open = (options: Partial<ConnectMemoryOptions> = {}): Promise<OpenMemory> =>
  connectMemory({ name: newName(), embedder: hashEmbedder({ dimensions: 64 }), createWorker: newWorker, serveEmbedder, ...options })
const query = { goal: 'open the door', plan: 'find the key', observation: 'a key' }

test('a trajectory goes into the worker, comes back as an exemplar, and says where it came from', async () => {
  const memory = await open()
  const { id, provenance } = await memory.add({ goal: 'open the door', plan: 'find the key', steps: [step('a door'), step('a key')] })
  expect(provenance.origin).toBe(location.origin)
  const one: unknown = expect.closeTo(1, 4)
  const [exemplar] = await memory.retrieve(query, { k: 3 })
  expect(exemplar).toMatchObject({ trajectoryId: id, stepIndex: 1, outcome: '', scores: { goal: one, plan: one, observation: one } })
  expect(await memory.get(id)).toMatchObject({ status: 'active', utility: 1 })
  expect(await memory.stats()).toMatchObject({
    count: 1,
    retrievable: 1,
    embedder: { dimensions: 64 },
    index: { kind: 'exact' },
    storage: { kind: 'indexeddb', usage: expect.any(Number), persisted: expect.any(Boolean) },
  })
  await memory.close()
})

test('an embedder of the host runs in the page, each text once, and a failing one stores nothing', async () => {
  const host = seededEmbedder(32)
  let failing = false
  const embedder: Embedder = {
    id: host.id,
    dimensions: 32,
    embed: (texts) => (failing ? Promise.reject(new Error('out of memory')) : host.embed(texts)),
  }
  const memory = await open({ embedder })
  await memory.add(trajectory())
  await memory.retrieve({ goal: 'open the door', plan: 'new plan' }, { k: 1 })
  await memory.retrieve({ goal: 'open the door', plan: 'new plan' }, { k: 1 })
  const embedded = host.calls.flat()
  expect(embedded).toContain('new plan')
  expect(new Set(embedded).size).toBe(embedded.length)
  failing = true
  await expect(memory.add(trajectory({ id: 'two', goal: 'another' }))).rejects.toMatchObject({ code: 'embedder-failed' })
  expect(await memory.count()).toBe(1)
  await memory.close()
})

test('an aborted write rejects with aborted and stores nothing; one that was stored already says so', async () => {
  const host = seededEmbedder(32)
  let release: (() => void) | undefined
  const gate = new Promise<void>((resolve) => (release = resolve))
  let asked: (() => void) | undefined
  const reached = new Promise<void>((resolve) => (asked = resolve))
  const slow: Embedder = {
    id: newName(), // else its vectors might be remembered
    dimensions: 32,
    embed: async (texts) => {
      asked?.()
      await gate
      return host.embed(texts)
    },
  }
  const memory = await open({ embedder: slow })
  const controller = new AbortController()
  const adding = memory.add(trajectory(), { signal: controller.signal })
  await reached
  controller.abort()
  await expect(adding).rejects.toMatchObject({ code: 'aborted' })
  await expect(memory.add(trajectory(), { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' })
  await expect(memory.retrieve(query, { k: 1, signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' })
  release?.()
  expect(await memory.count()).toBe(0)
  for (let i = 0; i < 15; i++) {
    const racing = new AbortController()
    const outcome = memory.add(trajectory({ id: `r${i}` }), { signal: racing.signal }).then(
      () => true,
      (error: { code: string }) => error.code,
    )
    setTimeout(() => racing.abort(), i / 2)
    const answer = await outcome
    expect([true, 'aborted']).toContain(answer)
    expect(await memory.has(`r${i}`)).toBe(answer === true)
  }
  await memory.close()
})

test('after close every call rejects with memory-closed', async () => {
  const memory = await open()
  await memory.close()
  await memory.close()
  for (const call of [memory.count(), memory.add(trajectory()), memory.retrieve(query, { k: 1 }), memory.clear(), collect(memory.export())])
    await expect(call).rejects.toMatchObject({ code: 'memory-closed' })
})

test('another embedder is refused by name where that is asked for, and else its vectors are made from what is stored', async () => {
  const name = newName()
  const memory = await open({ name })
  await memory.add(trajectory())
  await memory.close()
  const other = hashEmbedder({ dimensions: 32 })
  const refused = open({ name, embedder: other, otherEmbedder: 'refuse' })
  await expect(refused).rejects.toMatchObject({ code: 'embedder-mismatch', message: expect.stringMatching(/64 numbers.*32 numbers/) })
  const again = await open({ name, otherEmbedder: 'refuse' })
  expect(await again.retrieve(query, { k: 1 })).toHaveLength(1)
  await again.close()
  const rebuilt = await open({ name, embedder: other })
  await expect.poll(() => rebuilt.retrieve(query, { k: 1 }), { timeout: 20_000 }).toHaveLength(1)
  await rebuilt.close()
})

test('beyond maxTrajectories one goes, and an event names it', async () => {
  const memory = await open({ maxTrajectories: 2 })
  const events: MemoryEvent[] = []
  memory.subscribe((event) => events.push(event))
  for (const id of ['a', 'b', 'c']) await memory.add(trajectory({ id }))
  expect([await memory.count(), await memory.has('a')]).toEqual([2, false])
  await expect.poll(() => events).toContainEqual({ type: 'evicted', ids: ['a'] })
  await memory.close()
})

test('a worker script that is not there rejects with worker-lost', async () => {
  const createWorker = (): Worker => new Worker('/no/such/worker.js', { type: 'module' })
  await expect(open({ createWorker })).rejects.toMatchObject({ code: 'worker-lost' })
})

test.each([
  [{ name: '' }, /name must be at least 1/],
  [{ storage: 'disk' }, /storage must be one of/],
  [{ index: 'fast' }, /index must be one of/],
  [{ maxTrajectories: 0 }, /maxTrajectories must be at least 1/],
  [{ maxTrajectories: 1.5 }, /maxTrajectories must be a whole number/],
  [{ otherEmbedder: 'mix' }, /otherEmbedder must be one of/],
  [{ persist: 'yes' }, /persist must be/],
  [{ embedder: {} }, /embedder\.id/],
  [{ embedder: { id: 'mine', dimensions: 3 } }, /embedder\.embed must be a function/],
  [{ embeder: hashEmbedder() }, /unknown fields: embeder/],
])('the options %j are refused by name, and no worker is started', async (options, message) => {
  const createWorker = (): never => {
    throw new Error('started')
  }
  const refused = open({ createWorker, ...(options as object) })
  await expect(refused).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(refused).rejects.toThrow(message)
})

test('unknown options of a call are refused by name', async () => {
  const memory = await open({ storage: 'memory' })
  const refusals: [() => Promise<unknown>, RegExp][] = [
    [() => memory.retrieve(query, { k: 1, windows: 2 } as never), /retrieve options.*unknown fields: windows/],
    [() => memory.retrieve({ ...query, reasonning: 'r' } as never, { k: 1 }), /retrieve query.*unknown fields: reasonning/],
    [() => memory.retrieve(query, undefined as never), /retrieve options/],
    [() => memory.list({ limt: 1 } as never), /list options.*unknown fields: limt/],
    [() => memory.list(null as never), /list options/],
    [() => memory.export({ sgnal: 1 } as never).next(), /export options.*unknown fields: sgnal/],
    [() => memory.add(trajectory(), { signal: 'stop' } as never), /add options.*signal must be an AbortSignal/],
    [() => memory.count({ limit: 1 } as never), /count options.*unknown fields: limit/],
    [() => memory.stats({ perTrajectoy: true } as never), /unknown fields: perTrajectoy/],
    [() => memory.episodes({ limt: 1 } as never), /unknown fields: limt/],
    [() => memory.import('', { acept: true } as never), /import options.*unknown fields: acept/],
    [() => memory.import('', { accept: 1 } as never), /import options.*accept must be a boolean/],
    [() => memory.import(new Uint8Array(1) as never), /import: source 0 must be a string, a Blob/],
    [() => memory.import(['', 3] as never), /import: source 1 must be a string, a Blob/],
    [async () => memory.subscribe('me' as never), /must be a function/],
    [() => memory.fork('other'), /fork/],
  ]
  for (const [refuse, message] of refusals) {
    const refused = refuse()
    await expect(refused).rejects.toMatchObject({ code: 'invalid-options' })
    await expect(refused).rejects.toThrow(message)
  }
  expect(await memory.count()).toBe(0)
  await memory.close()
})

test("what a host's embedder throws is explained on every path, and stores nothing", async () => {
  const host = seededEmbedder(16)
  let thrown: Error | undefined
  const embedder: Embedder = { id: 'host', dimensions: 16, embed: (texts) => (thrown ? Promise.reject(thrown) : host.embed(texts)) }
  const memory = await open({ embedder })
  await memory.add(trajectory())
  for (const error of [new Error('gpu gone.'), new RangeError('gpu gone'), new DOMException('gpu gone', 'OperationError')]) {
    thrown = error
    const episode = { trajectory: trajectory({ id: 'new', goal: 'new' }), shown: [], store: true, curation: false as const }
    const calls = [
      () => memory.add(trajectory({ goal: 'new', id: 'new' })),
      () => memory.record(episode),
      () => memory.retrieve({ goal: 'new' }, { k: 1 }),
    ]
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({
        code: 'embedder-failed',
        message: expect.stringMatching(/^The embedder host failed: \w*Error: gpu gone\. Nothing was stored\. Try again;/),
      })
  }
  expect(await memory.count()).toBe(1)
  await memory.close()
})

test('an export that is aborted ends before its next line', async () => {
  const memory = await open({ storage: 'memory' })
  for (const id of ['a', 'b', 'c']) await memory.add(trajectory({ id }))
  const controller = new AbortController()
  const lines = memory.export({ signal: controller.signal })
  await lines.next()
  await lines.next()
  controller.abort()
  await expect(lines.next()).rejects.toMatchObject({ code: 'aborted' })
  await memory.close()
})

test('arguments that cannot leave the page are refused as wrong, and a worker that cannot be made as lost', async () => {
  const memory = await open({ storage: 'memory' })
  const unclonable = trajectory({ metadata: { f: () => 1 } as never })
  await expect(memory.add(unclonable)).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(memory.retrieve({ goal: (() => 1) as never }, { k: 1 })).rejects.toMatchObject({ code: 'invalid-options' })
  await memory.close()
  const createWorker = (): Worker => new Worker('https://elsewhere.test/worker.js')
  await expect(open({ createWorker })).rejects.toMatchObject({ code: 'worker-lost', message: expect.stringMatching(/origin/) })
})

test('storage in RAM keeps nothing beyond the worker', async () => {
  const name = newName()
  const memory = await open({ name, storage: 'memory' })
  await memory.add(trajectory())
  expect(await memory.stats()).toMatchObject({ count: 1, storage: { kind: 'memory' } })
  await memory.close()
  expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(`reprise/${name}`)
})

test('embeddings outlive a memory that lasts, and are deleted with it; of one in RAM nothing is written down', async () => {
  const databases = async (): Promise<(string | undefined)[]> => (await indexedDB.databases()).map((database) => database.name)
  const text = `said once, ${newName()}`
  const host = seededEmbedder(16, newName())
  const name = newName()
  await deleteMemory(name)
  const ram = await open({ storage: 'memory', embedder: host })
  await ram.add(trajectory({ steps: [step('a key')] }))
  await ram.retrieve({ goal: text }, { k: 1 })
  await ram.close()
  expect(await databases()).not.toContain('reprise-embeddings')
  for (let round = 0; round < 2; round++) {
    const memory = await open({ name, embedder: host })
    await memory.add(trajectory({ steps: [step('a key')] }))
    await memory.retrieve({ goal: text }, { k: 1 })
    await expect.poll(() => rowsOf('reprise-embeddings', 'vectors'), { timeout: 10_000 }).toBe(5)
    await memory.close()
  }
  expect(host.calls.flat().filter((one) => one === text)).toHaveLength(2) // for the one in RAM, and once for both rounds
  await deleteMemory(name)
  expect((await databases()).filter((database) => database === 'reprise-embeddings' || database === `reprise/${name}`)).toEqual([])
})

const rowsOf = (name: string, table: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(name)
    opening.onerror = () => reject(opening.error ?? new Error('no reason'))
    opening.onsuccess = () => {
      const counting = opening.result.transaction(table).objectStore(table).count()
      counting.onsuccess = () => {
        opening.result.close()
        resolve(counting.result)
      }
    }
  })

test('the graph runs in the worker, and an export comes in lines', async () => {
  const memory = await open({ index: 'hnsw' })
  await Promise.all(Array.from({ length: 100 }, (_, i) => memory.add(trajectory({ id: `t${i}`, goal: `goal ${i}` }))))
  for (let kind = 'exact'; kind === 'exact';) ({ kind } = (await memory.stats()).index)
  expect((await memory.retrieve({ goal: 'goal 42' }, { k: 1 }))[0]?.goal).toBe('goal 42')
  const lines = await collect(memory.export())
  expect(lines.map((line) => (JSON.parse(line) as { format?: string }).format)).toEqual([
    'reprise-trajectories',
    ...Array.from({ length: 100 }, () => undefined),
    'reprise-trajectories',
  ])
  await memory.close()
})

test('a write under way when the memory is closed reports what became of it', async () => {
  for (let round = 0; round < 12; round++) {
    const name = newName()
    const memory = await open({ name })
    const adding = memory.add(trajectory({ id: 'late' })).then(
      () => true,
      () => false,
    )
    if (round % 2) await new Promise((resolve) => setTimeout(resolve, round))
    await memory.close()
    const again = await open({ name })
    expect(await again.has('late')).toBe(await adding)
    await again.close()
  }
})
