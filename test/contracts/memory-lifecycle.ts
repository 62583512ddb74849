/** What becomes of what is stored: verdicts, replacement, eviction, quarantine, another embedder, copies. Run for each store. */
import { describe, expect, test } from 'vitest'
import type { Shown } from '../../src/core/memory.ts'
import { createMemoryEngine, type MemoryEngine, type MemoryEngineOptions } from '../../src/memory/memory-engine.ts'
import type { MemoryEvent, TrajectoryStatus } from '../../src/memory/open-memory.ts'
import type { Tables, TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'
import { collect } from '../support/collect.ts'
import { dumpStore } from '../support/dump-store.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { trajectory } from '../support/trajectories.ts'

/** Opens the store of this name, the same one each time. */
type OpenStore = (name: string) => Promise<TrajectoryStore>

const query = { goal: 'open the door', plan: 'find', observation: 'a key' }
const META: Tables['meta'] = {
  id: 'meta',
  embedder: { id: '', dimensions: 0 },
  nextSeq: 2,
  revision: 0,
  forgotten: 0,
  bytes: { trajectories: 0, vectors: 0 },
  pruned: 0,
}
let made = 0

export function memoryLifecycleContract(name: string, openStore: OpenStore): void {
  const newName = (): string => `lifecycle-${Date.now()}-${made++}`
  const open = async (options: Partial<MemoryEngineOptions> & { called?: string } = {}): Promise<Opened> => {
    const { called = newName(), ...rest } = options
    const events: MemoryEvent[] = []
    const store = await openStore(called)
    const onEvent = (event: MemoryEvent): void => void events.push(event)
    const memory = await createMemoryEngine({ store, embedder: seededEmbedder(), openStore, onEvent, ...rest })
    return { memory, events, store, called }
  }
  const found = async (memory: MemoryEngine): Promise<string[]> =>
    (await memory.retrieve(query, { k: 50 })).map(({ trajectoryId }) => trajectoryId).toSorted()
  const status = async (memory: MemoryEngine, id: string): Promise<TrajectoryStatus | undefined> => (await memory.get(id))?.status
  const fail = async (memory: MemoryEngine, id: string, times: number): Promise<void> => {
    const shown: Shown[] = [{ trajectoryId: id, phase: 'act', step: 0 }]
    const curation = { threshold: 0.3, minRetrievals: 5 }
    for (let i = 0; i < times; i++)
      await memory.record({ trajectory: trajectory({ id: `failure-${made++}`, success: false }), shown, store: false, curation })
  }

  describe(`a memory over ${name}, as time goes by:`, () => {
    test('a verdict counts double, is listed, and is given once however often the call is repeated', async () => {
      const { memory } = await open({ now: () => 0 })
      await memory.add(trajectory({ id: 'a' }))
      const first = await memory.feedback('a', { value: 0.5, source: 'review', note: 'nearly' }, { feedbackId: 'f1' })
      expect(first).toMatchObject({ utility: 1, status: 'active', retrievals: 0 })
      await memory.feedback('a', { value: 0.5, source: 'review', note: 'nearly' }, { feedbackId: 'f1' })
      const second = await memory.feedback('a', { value: -0.5, source: 'user' })
      expect(second).toMatchObject({ utility: (1.5 + 0.5) / 4, status: 'active' })
      expect(second?.feedback).toMatchObject([
        { id: 'f1', at: '1970-01-01T00:00:00.000Z', value: 0.5, source: 'review', note: 'nearly' },
        { value: -0.5, source: 'user' },
      ])
      expect(await memory.feedback('unknown', { value: 1, source: 'user' })).toBeNull()
    })

    test('a verdict of -1 retires, one of 1 brings back with counts begun anew, and a pruned one too', async () => {
      const { memory } = await open()
      for (const id of ['a', 'b']) await memory.add(trajectory({ id }))
      await memory.feedback('a', { value: -1, source: 'verifier' })
      await fail(memory, 'b', 5)
      expect([await found(memory), await status(memory, 'a'), await status(memory, 'b')]).toEqual([[], 'retired', 'pruned'])
      expect((await memory.stats()).pruned).toBe(1)
      for (const id of ['a', 'b']) await memory.feedback(id, { value: 1, source: 'user' })
      expect([await found(memory), await status(memory, 'a'), (await memory.stats()).pruned]).toEqual([['a', 'b'], 'active', 0])
      await fail(memory, 'b', 4)
      expect(await memory.get('b')).toMatchObject({ status: 'active', retrievals: 4, utility: 0 })
      await fail(memory, 'b', 1)
      expect(await status(memory, 'b')).toBe('pruned')
    })

    test('one that replaces another takes its place in retrieval, and gives it back when it is deleted or retired', async () => {
      const { memory } = await open()
      await memory.add(trajectory({ id: 'old' }))
      await memory.add(trajectory({ id: 'failed', supersedes: 'old', success: false }))
      expect(await found(memory)).toEqual(['old'])
      await memory.add(trajectory({ id: 'new', supersedes: 'old' }))
      expect(await found(memory)).toEqual(['new'])
      expect(await memory.get('old')).toMatchObject({ status: 'superseded', supersededBy: 'new' })
      expect(await memory.list({ status: 'superseded' })).toMatchObject({ items: [{ trajectory: { id: 'old' } }] })
      await memory.feedback('new', { value: -1, source: 'user' })
      expect(await found(memory)).toEqual(['old'])
      await memory.feedback('new', { value: 1, source: 'user' })
      expect(await found(memory)).toEqual(['new'])
      await memory.delete('new')
      expect([await found(memory), (await memory.get('old'))?.supersededBy]).toEqual([['old'], undefined])
    })

    test('replacement works in whatever order both are stored; and of two that replace each other the newer does', async () => {
      const { memory } = await open()
      await memory.add(trajectory({ id: 'new', supersedes: 'old' }))
      await memory.add(trajectory({ id: 'old' }))
      await memory.add(trajectory({ id: 'x', supersedes: 'y', createdAt: '2026-01-01T00:00:00Z' }))
      await memory.add(trajectory({ id: 'y', supersedes: 'x', createdAt: '2026-01-02T00:00:00Z' }))
      expect(await found(memory)).toEqual(['new', 'y'])
    })

    test('beyond maxTrajectories the least useful goes, the oldest among equals, with an event', async () => {
      const { memory, events } = await open({ maxTrajectories: 3 })
      for (const id of ['a', 'b', 'c']) await memory.add(trajectory({ id }))
      await fail(memory, 'b', 3)
      await memory.add(trajectory({ id: 'd' }))
      expect(await found(memory)).toEqual(['a', 'c', 'd'])
      await memory.record({ trajectory: trajectory({ id: 'e' }), shown: [], store: true, curation: false })
      expect(await found(memory)).toEqual(['c', 'd', 'e'])
      expect(events.filter(({ type }) => type === 'evicted')).toEqual([
        { type: 'evicted', ids: ['b'] },
        { type: 'evicted', ids: ['a'] },
      ])
      expect(await memory.count()).toBe(3)
    })

    test('what is imported waits in quarantine until it is accepted, one by one, and replaces nothing before', async () => {
      const { memory, store } = await open()
      await memory.add(trajectory({ id: 'mine' }))
      const session = memory.startImport({ accept: false })
      for (const id of ['a', 'b', 'mine'])
        await session.push(`${JSON.stringify(trajectory({ id, goal: 'open the door', ...(id === 'a' && { supersedes: 'mine' }) }))}\n`)
      expect(await session.finish()).toMatchObject({ imported: 2, skipped: 1, invalid: 0, checksum: 'missing' })
      expect([await found(memory), await status(memory, 'a')]).toEqual([['mine'], 'quarantined'])
      expect((await memory.get('a'))?.trajectory.provenance.rewardSource).toBe('import')
      expect((await dumpStore(store)).observations).toHaveLength(1)
      expect(await memory.accept(['a', 'mine', 'unknown'])).toEqual(['a'])
      expect([await found(memory), await memory.accept('a')]).toEqual([['a'], []])
      expect(await memory.accept('b')).toEqual(['b'])
      expect(await found(memory)).toEqual(['a', 'b'])
    })

    test('export and import bring back what was there, in another memory too', async () => {
      const { memory } = await open()
      for (const id of ['a', 'b', '__proto__']) await memory.add(trajectory({ id }))
      const { memory: other } = await open()
      const session = other.startImport({ accept: true })
      for (const line of await collect(memory.export())) await session.push(line)
      expect(await session.finish()).toEqual({ lines: 5, imported: 3, skipped: 0, invalid: 0, problems: [], checksum: 'ok' })
      expect(await found(other)).toEqual(await found(memory))
      const again = memory.startImport({ accept: true })
      for (const line of await collect(other.export())) await again.push(line)
      expect(await again.finish()).toMatchObject({ imported: 0, skipped: 3 })
    })

    test('a backup brings back what had become of each: pruned, retired and quarantined ones stay out, counts and verdicts are kept', async () => {
      const { memory } = await open()
      for (const id of ['bad', 'fair', 'good', 'harmful']) await memory.add(trajectory({ id }))
      await fail(memory, 'bad', 5)
      await fail(memory, 'fair', 4)
      await memory.feedback('harmful', { value: -1, source: 'user', note: 'undone' })
      const foreign = memory.startImport({ accept: false })
      await foreign.push(JSON.stringify(trajectory({ id: 'foreign' })))
      await foreign.finish()
      const lines = await collect(memory.export())
      const restore = async (accept: boolean): Promise<MemoryEngine> => {
        const { memory: other } = await open()
        const session = other.startImport({ accept })
        for (const line of lines) await session.push(line)
        expect(await session.finish()).toMatchObject({ imported: 5, invalid: 0, checksum: 'ok' })
        return other
      }
      const restored = await restore(true)
      const listed = async (of: MemoryEngine): Promise<unknown[]> =>
        (await of.list({ order: 'oldest' })).items.map(({ trajectory: { id }, ...rest }) => ({ id, ...rest }))
      expect(await listed(restored)).toEqual(await listed(memory))
      expect([await found(restored), (await restored.stats()).pruned]).toEqual([['fair', 'good'], 1])
      const waiting = await restore(false)
      expect(await found(waiting)).toEqual([])
      expect((await waiting.list({ status: 'quarantined' })).items).toHaveLength(5)
      expect(await waiting.accept(['bad', 'fair', 'foreign', 'good', 'harmful'])).toHaveLength(5)
      expect([await found(waiting), await status(waiting, 'harmful')]).toEqual([['fair', 'foreign', 'good'], 'retired'])
      expect(await waiting.get('fair')).toMatchObject({ retrievals: 0, utility: 1 })
    })

    test("what nobody has accepted takes nobody's place: neither an id nor room", async () => {
      const { memory, events } = await open({ maxTrajectories: 4 })
      for (const id of ['a', 'b', 'c']) await memory.add(trajectory({ id }))
      const session = memory.startImport({ accept: false })
      for (const id of ['x', 'y', 'z', 'own']) await session.push(`${JSON.stringify(trajectory({ id, goal: 'a foreign goal' }))}\n`)
      await session.finish()
      expect([await found(memory), await memory.count()]).toEqual([['a', 'b', 'c'], 4])
      expect(events.filter(({ type }) => type === 'evicted')).toEqual([{ type: 'evicted', ids: ['x', 'y', 'z'] }])
      expect(await memory.has('own')).toBe(false)
      expect((await memory.add(trajectory({ id: 'own' }))).goal).toBe('open the door')
      expect(await found(memory)).toEqual(['a', 'b', 'c', 'own'])
      await memory.record({ trajectory: trajectory({ id: 'd' }), shown: [], store: true, curation: false })
      expect(await found(memory)).toEqual(['b', 'c', 'd', 'own'])
      expect((await memory.stats()).retrievable).toBe(4)
    })

    test('a verdict on what waits in quarantine is kept for when it is accepted', async () => {
      const { memory } = await open()
      const session = memory.startImport({ accept: false })
      await session.push(JSON.stringify(trajectory({ id: 'a' })))
      await session.finish()
      expect(await memory.feedback('a', { value: -1, source: 'user' })).toMatchObject({ status: 'quarantined' })
      expect((await memory.list({ order: 'utility' })).items).toMatchObject([{ trajectory: { id: 'a' }, utility: 1 }])
      await memory.accept('a')
      expect([await found(memory), await status(memory, 'a')]).toEqual([[], 'retired'])
    })

    test('opened with another embedder it embeds everything again, and answers from what it has meanwhile', async () => {
      const { memory, called } = await open({ embedder: seededEmbedder(16, 'first') })
      for (let i = 0; i < 40; i++) await memory.add(trajectory({ id: `t${i}` }))
      await memory.close()
      const { memory: again, events } = await open({ called, embedder: seededEmbedder(8, 'second') })
      const early = await again.retrieve(query, { k: 50 })
      expect(early.length).toBeLessThan(40)
      await again.settled()
      expect(await found(again)).toHaveLength(40)
      expect(await again.stats()).toMatchObject({ retrievable: 40, corrupt: [], embedder: { id: 'second', dimensions: 8 } })
      const told = events.flatMap((event) => (event.type === 'rebuilding' ? [event] : []))
      expect([told[0], told.at(-1)]).toEqual([
        { type: 'rebuilding', done: 0, total: 40 },
        { type: 'rebuilding', done: 40, total: 40 },
      ])
      await again.close()
      const { memory: back, events: none } = await open({ called, embedder: seededEmbedder(8, 'second') })
      expect([await found(back), none.filter(({ type }) => type === 'rebuilding')]).toEqual([await found(back), []])
      expect(await found(back)).toHaveLength(40)
    })

    test('an embedder that fails while embedding again is told of, and the next opening goes on', async () => {
      const { memory, called } = await open({ embedder: seededEmbedder(16, 'first') })
      for (let i = 0; i < 40; i++) await memory.add(trajectory({ id: `t${i}`, goal: `goal ${i}` }))
      await memory.close()
      const working = seededEmbedder(16, 'second')
      let left = 1
      const embedder = {
        ...working,
        embed: (texts: readonly string[]) => (left-- > 0 ? working.embed(texts) : Promise.reject(new Error('no GPU'))),
      }
      const { memory: failing, events } = await open({ called, embedder })
      await failing.settled()
      expect(events.filter(({ type }) => type === 'warning')).toMatchObject([{ message: expect.stringContaining('no GPU') }])
      await failing.close()
      const { memory: again } = await open({ called, embedder: working })
      await again.settled()
      expect((await again.stats()).retrievable).toBe(40)
    })

    test('a fork has everything, and both go their own ways', async () => {
      const { memory, store } = await open()
      for (const id of ['a', 'b']) await memory.add(trajectory({ id }))
      await fail(memory, 'a', 5)
      const copy = newName()
      await memory.fork(copy)
      const { memory: forked, store: forkedStore } = await open({ called: copy })
      const plain = async (of: TrajectoryStore): Promise<unknown> => ({ ...(await dumpStore(of)), changes: [], meta: [] })
      expect(await plain(forkedStore)).toEqual(await plain(store))
      await forked.delete('b')
      await memory.add(trajectory({ id: 'c' }))
      expect([await found(memory), await found(forked), await status(forked, 'a')]).toEqual([['b', 'c'], [], 'pruned'])
      await expect(memory.fork(copy)).rejects.toMatchObject({ code: 'invalid-options', message: expect.stringContaining('holds 1') })
    })

    test('a fork into a memory that is open and empty is seen there, and what that one adds is kept', async () => {
      const { memory } = await open()
      for (const id of ['a', 'b']) await memory.add(trajectory({ id }))
      const { memory: other, called } = await open()
      for (let i = 0; i < 5; i++) await other.add(trajectory({ id: `other-${i}` }))
      await other.clear()
      await memory.fork(called)
      expect(await found(other)).toEqual(['a', 'b'])
      await other.add(trajectory({ id: 'c' }))
      expect(await found(other)).toEqual(['a', 'b', 'c'])
      const { memory: late } = await open({ called })
      expect([await found(late), await late.count()]).toEqual([['a', 'b', 'c'], 3])
    })

    test('what is written where a fork had died is kept, and nothing of the fork', async () => {
      const { memory } = await open()
      for (const id of ['a', 'b']) await memory.add(trajectory({ id }))
      const { memory: target, store, called } = await open()
      await store.write(async (writer) => {
        await writer.put('meta', { ...META, revision: 7, forgotten: 6, unfinished: true })
        await writer.put('trajectories', { id: 'half', seq: 1, status: 'active', bytes: 1, trajectory: trajectory({ id: 'half' }) })
      })
      expect(await found(target)).toEqual([])
      await target.add(trajectory({ id: 'mine' }))
      expect([await found(target), await target.count()]).toEqual([['mine'], 1])
      const { memory: late } = await open({ called })
      expect([await found(late), await late.count()]).toEqual([['mine'], 1])
    })

    test('a fork that is aborted or fails leaves nothing behind, and the name can be used again', async () => {
      const { memory } = await open()
      for (const id of ['a', 'b']) await memory.add(trajectory({ id }))
      const copy = newName()
      await expect(memory.fork(copy, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
      const failing = async (called: string): Promise<TrajectoryStore> => {
        const store = await openStore(called)
        let writes = 0
        return { ...store, write: (work) => (++writes > 3 ? Promise.reject(new Error('disk')) : store.write(work)) }
      }
      const store = await openStore(newName())
      const broken = await createMemoryEngine({ store, embedder: seededEmbedder(), openStore: failing })
      for (const id of ['a', 'b']) await broken.add(trajectory({ id }))
      await expect(broken.fork(copy)).rejects.toThrow('disk')
      const { memory: left } = await open({ called: copy })
      expect([await left.count(), await found(left)]).toEqual([0, []])
      await memory.fork(copy)
      expect(await found(left)).toEqual(['a', 'b'])
    })

    test('stats count bytes that come and go with what is stored', async () => {
      const { memory } = await open()
      await memory.add(trajectory({ id: 'a' }))
      const { bytes } = await memory.stats()
      expect(bytes).toEqual({ trajectories: JSON.stringify(trajectory({ id: 'a' })).length, vectors: 6 * (16 * 2 + 4), index: 0 })
      await memory.add(trajectory({ id: 'b', success: false }))
      await memory.delete('b')
      expect((await memory.stats()).bytes).toEqual(bytes)
      await memory.delete('a')
      expect((await memory.stats()).bytes).toEqual({ trajectories: 0, vectors: 0, index: 0 })
      await fail(memory, 'a', 1)
      await memory.add(trajectory({ id: 'a' }))
      expect((await memory.stats({ perTrajectory: true })).trajectories).toEqual([
        { id: 'a', retrievals: 0, successes: 0, utility: 1, quality: null },
      ])
    })

    test('deleted texts are dropped from the cache of embeddings, and all of them when everything is cleared', async () => {
      const forgotten: (readonly string[] | null)[] = []
      const { memory } = await open({ forgetTexts: async (texts) => void forgotten.push(texts) })
      await memory.add(trajectory({ id: 'a' }))
      await memory.delete('a')
      await memory.clear()
      const { goal, plan, steps } = trajectory()
      const texts = [goal, plan, ...steps.map(({ observation }) => observation), ...steps.map(({ reasoning }) => reasoning)]
      expect(forgotten).toEqual([texts, texts, null])
    })

    test('a deleted trajectory leaves its episode counted, without its text', async () => {
      const { memory, store } = await open()
      await memory.record({ trajectory: trajectory({ id: 'a', goal: 'a secret errand' }), shown: [], store: true, curation: false })
      await memory.delete('a')
      expect((await memory.episodes()).items).toMatchObject([{ id: 'a', goal: '', success: true, stored: true }])
      expect(JSON.stringify(await dumpStore(store))).not.toContain('secret')
    })
  })
}

interface Opened {
  memory: MemoryEngine
  events: MemoryEvent[]
  store: TrajectoryStore
  called: string
}
