/** What a memory must do over whatever store. Run by a test file for each of them. */
import { describe, expect, test } from 'vitest'
import type { EpisodeRecord, Shown } from '../../src/core/memory.ts'
import { createMemoryEngine, type MemoryEngine, type MemoryEngineOptions } from '../../src/memory/memory-engine.ts'
import type { Table, Tables, TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'
import { dumpStore } from '../support/dump-store.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { step, trajectory } from '../support/trajectories.ts'

export interface StoreUnderTest {
  store: TrajectoryStore
  /** The same database through a new connection. */
  reopen(): Promise<TrajectoryStore>
}

const CURATION = { threshold: 0.3, minRetrievals: 5 }
const shown = (...ids: string[]): Shown[] => ids.map((trajectoryId) => ({ trajectoryId, phase: 'act', step: 0 }))
let episodes = 0
const episode = (fields: Partial<EpisodeRecord> & { id?: string; success?: boolean } = {}): EpisodeRecord => ({
  trajectory: trajectory({ id: fields.id ?? `episode-${episodes++}`, success: fields.success ?? true }),
  shown: fields.shown ?? [],
  store: fields.store ?? true,
  curation: fields.curation ?? CURATION,
})

export function memoryEngineContract(name: string, openStore: () => Promise<StoreUnderTest>): void {
  const open = async (options: Partial<MemoryEngineOptions> = {}): Promise<StoreUnderTest & { memory: MemoryEngine }> => {
    const under = await openStore()
    return { ...under, memory: await createMemoryEngine({ store: under.store, embedder: seededEmbedder(), ...options }) }
  }
  const counts = async (memory: MemoryEngine, id: string): Promise<unknown[]> => {
    const found = await memory.get(id)
    return [found?.retrievals, found?.successes, found?.status]
  }

  describe(`a memory over ${name}:`, () => {
    test('what is added is completed, stored, counted and retrieved', async () => {
      const { memory } = await open({ origin: 'https://page.test', now: () => 0, newId: () => 'made-up' })
      const added = await memory.add({ goal: 'open the door', steps: [step('a door')] })
      expect(added).toEqual({
        id: 'made-up',
        goal: 'open the door',
        plan: '',
        steps: [step('a door')],
        outcome: '',
        success: true,
        reward: 1,
        createdAt: '1970-01-01T00:00:00.000Z',
        provenance: { origin: 'https://page.test', model: '', rewardSource: 'user', pageText: false },
        metadata: {},
      })
      expect(await memory.get('made-up')).toEqual({
        trajectory: added,
        status: 'active',
        retrievals: 0,
        successes: 0,
        utility: 1,
        quality: null,
        feedback: [],
      })
      expect([await memory.count(), await memory.has('made-up'), await memory.has('other')]).toEqual([1, true, false])
      expect((await memory.retrieve({ goal: 'open the door' }, { k: 3 })).map(({ trajectoryId }) => trajectoryId)).toEqual(['made-up'])
      expect(await memory.get('other')).toBeNull()
    })

    test('an id that is stored already keeps what it has: seeds are added once', async () => {
      const { memory, store } = await open()
      await memory.add(trajectory({ id: 'seed', goal: 'first' }))
      const before = await dumpStore(store)
      expect((await memory.add(trajectory({ id: 'seed', goal: 'second' }))).goal).toBe('first')
      await Promise.all([memory.add(trajectory({ id: 'seed' })), memory.add(trajectory({ id: 'seed' }))])
      expect(await dumpStore(store)).toEqual(before)
    })

    test('one that failed is kept and listed, but never retrieved, and has no vectors', async () => {
      const { memory, store } = await open()
      await memory.add(trajectory({ id: 'failed', success: false }))
      expect(await memory.retrieve({ goal: 'open the door' }, { k: 3 })).toEqual([])
      expect((await memory.list()).items.map(({ trajectory: { id, reward } }) => [id, reward])).toEqual([['failed', 0]])
      const { observations, reasonings, keys } = await dumpStore(store)
      expect([observations, reasonings, keys?.map((row) => (row as Tables['keys']).active)]).toEqual([[], [], [false]])
    })

    test('everything survives a reopening: trajectories, counts, and what was pruned', async () => {
      const { memory, reopen } = await open()
      await memory.add(trajectory({ id: 'good' }))
      await memory.add(trajectory({ id: 'bad' }))
      for (let i = 0; i < 5; i++) await memory.record(episode({ id: `e${i}`, success: false, store: false, shown: shown('bad') }))
      const query = { goal: 'open the door', plan: 'p', observation: 'a key' }
      const before = await memory.retrieve(query, { k: 3 })
      await memory.close()
      const again = await createMemoryEngine({ store: await reopen(), embedder: seededEmbedder() })
      expect(await again.retrieve(query, { k: 3 })).toEqual(before)
      expect(before.map(({ trajectoryId }) => trajectoryId)).toEqual(['good'])
      expect(await counts(again, 'bad')).toEqual([5, 0, 'pruned'])
      expect(await again.stats()).toMatchObject({ count: 2, retrievable: 1, pruned: 1, corrupt: [] })
      await again.close()
    })

    test('retrieval writes nothing at all', async () => {
      const { memory, store } = await open()
      for (const id of ['a', 'b', 'c']) await memory.record(episode({ id }))
      const before = await dumpStore(store)
      await memory.retrieve({ goal: 'open' }, { k: 3 })
      await memory.retrieve({ goal: 'open', plan: 'find', observation: 'a key' }, { k: 3 })
      await memory.retrieve({ goal: 'open', plan: 'find', reasoning: 'it says' }, { k: 3, excludeTask: 't' })
      expect(await dumpStore(store)).toEqual(before)
    })

    test('opening writes nothing, also over an empty store', async () => {
      const { store } = await open()
      expect(Object.values(await dumpStore(store)).flat()).toEqual([])
    })

    test('record books trajectory, vectors, credit, pruning and episode together', async () => {
      const { memory, store } = await open({ now: () => 0 })
      await memory.add(trajectory({ id: 'shown' }))
      const exemplars = [...shown('shown', 'shown'), ...shown('unknown')]
      expect(await memory.record(episode({ id: 'new', shown: exemplars }))).toEqual({ stored: true, pruned: [] })
      const tables = await dumpStore(store)
      expect([tables.trajectories, tables.keys, tables.observations, tables.reasonings].map((rows) => rows?.length)).toEqual([2, 2, 2, 2])
      expect(tables.ledger).toMatchObject([
        { id: 'new', retrievals: 0, utility: 1 },
        { id: 'shown', retrievals: 1, successesWhenRetrieved: 1, shares: expect.closeTo(2 / 3) as number },
      ])
      const summaries = [
        { trajectoryId: 'shown', share: expect.closeTo(2 / 3) as number, prompts: { act: 2 }, best: { phase: 'act', step: 0 } },
        { trajectoryId: 'unknown', share: expect.closeTo(1 / 3) as number, prompts: { act: 1 }, best: { phase: 'act', step: 0 } },
      ]
      expect(tables.episodes).toMatchObject([
        { at: '1970-01-01T00:00:00.000Z', episode: 'new', stored: true, success: true, shown: summaries },
      ])
      expect((await memory.episodes()).items).toEqual([
        { id: 'new', at: '1970-01-01T00:00:00.000Z', goal: 'open the door', stored: true, success: true, shown: summaries },
      ])
      expect(await memory.episodes({ trajectoryId: 'shown' })).toEqual(await memory.episodes())
      expect((await memory.episodes({ trajectoryId: 'new' })).items).toEqual([])
    })

    test('an episode is booked once, however often the call is repeated', async () => {
      const { memory, store } = await open()
      await memory.add(trajectory({ id: 'shown' }))
      const one = episode({ id: 'new', success: false, shown: shown('shown'), curation: { threshold: 1, minRetrievals: 1 } })
      for (let i = 0; i < 3; i++) await memory.record(episode({ success: false, shown: shown('shown'), store: false, curation: false }))
      const first = await memory.record(one)
      expect(first).toEqual({ stored: true, pruned: ['shown'] })
      const before = await dumpStore(store)
      expect(await Promise.all([memory.record(one), memory.record(one)])).toEqual([first, first])
      expect(await dumpStore(store)).toEqual(before)
    })

    test('without store only the ledger learns of the outcome', async () => {
      const { memory } = await open()
      await memory.add(trajectory({ id: 'shown' }))
      expect(await memory.record(episode({ store: false, shown: shown('shown') }))).toEqual({ stored: false, pruned: [] })
      expect([await memory.count(), ...(await counts(memory, 'shown'))]).toEqual([1, 1, 1, 'active'])
    })

    test('pruning begins at the fifth retrieval, takes out of retrieval and keeps what is stored', async () => {
      const { memory, store } = await open()
      await memory.add(trajectory({ id: 'shown' }))
      const results: string[][] = []
      for (const success of [true, false, false, false, false])
        results.push((await memory.record(episode({ store: false, success, shown: shown('shown') }))).pruned)
      expect(results).toEqual([[], [], [], [], ['shown']])
      expect(await memory.retrieve({ goal: 'open the door' }, { k: 3 })).toEqual([])
      expect(await counts(memory, 'shown')).toEqual([5, 1, 'pruned'])
      expect((await dumpStore(store)).observations).toHaveLength(1)
    })

    test('with curation off nothing is pruned until curate is asked', async () => {
      const { memory } = await open()
      await memory.add(trajectory({ id: 'shown' }))
      for (let i = 0; i < 6; i++)
        await memory.record({ ...episode({ store: false, success: false, shown: shown('shown') }), curation: false })
      expect(await memory.stats()).toMatchObject({ retrievable: 1 })
      expect(await memory.curate({ threshold: 0.3, minRetrievals: 7 })).toEqual([])
      expect(await memory.curate(CURATION)).toEqual(['shown'])
      expect(await memory.curate(CURATION)).toEqual([])
      expect(await memory.stats()).toMatchObject({ retrievable: 0, pruned: 1 })
    })

    test('a record that cannot be written changes nothing: no trajectory, no credit, no pruning, no exemplar', async () => {
      const { store } = await openStore()
      let failing: Table | undefined
      const breaking: TrajectoryStore = {
        ...store,
        write: (work) =>
          store.write((writer) =>
            work({ ...writer, put: (table, row) => (table === failing ? Promise.reject(new Error('disk')) : writer.put(table, row)) }),
          ),
      }
      const memory = await createMemoryEngine({ store: breaking, embedder: seededEmbedder() })
      await memory.add(trajectory({ id: 'shown' }))
      for (let i = 0; i < 4; i++) await memory.record(episode({ success: false, store: false, shown: shown('shown') }))
      const before = await dumpStore(store)
      for (const table of ['trajectories', 'keys', 'observations', 'reasonings', 'ledger', 'episodes', 'changes', 'meta'] as const) {
        failing = table
        const refused = memory.record({ ...episode({ id: 'new', shown: shown('shown') }), curation: { threshold: 1, minRetrievals: 1 } })
        await expect(refused, table).rejects.toThrow('disk')
        expect(await dumpStore(store), table).toEqual(before)
        expect((await memory.retrieve({ goal: 'open the door' }, { k: 3 })).map(({ trajectoryId }) => trajectoryId)).toEqual(['shown'])
      }
      failing = undefined
      expect(await memory.record(episode({ id: 'new', shown: shown('shown') }))).toEqual({ stored: true, pruned: ['shown'] })
    })

    test('parallel episodes credit only their own exemplars, and no count is lost', async () => {
      const { memory } = await open()
      for (const id of ['a', 'b', 'c']) await memory.add(trajectory({ id }))
      await Promise.all(
        Array.from({ length: 24 }, (_, i) =>
          memory.record(
            episode({ id: `e${i}`, success: i % 4 === 0, store: i % 2 === 0, shown: shown(i % 2 === 0 ? 'a' : 'b'), curation: false }),
          ),
        ),
      )
      expect([await counts(memory, 'a'), await counts(memory, 'b'), await counts(memory, 'c')]).toEqual([
        [12, 6, 'active'],
        [12, 0, 'active'],
        [0, 0, 'active'],
      ])
      expect(await memory.count()).toBe(15)
    })

    test('delete removes everything of a trajectory, and its id can be used again', async () => {
      const { memory, store } = await open()
      const empty = await dumpStore(store)
      await memory.add(trajectory({ id: 'a' }))
      await memory.retrieve({ goal: 'open', plan: 'p', observation: 'o' }, { k: 1 })
      expect([await memory.delete('a'), await memory.delete('a')]).toEqual([true, false])
      expect({ ...(await dumpStore(store)), meta: [], changes: [] }).toEqual(empty)
      await memory.add(trajectory({ id: 'a', steps: [step('another')] }))
      const [found] = await memory.retrieve({ goal: 'open', plan: 'p', observation: 'another' }, { k: 1 })
      expect(found).toMatchObject({ steps: [step('another')], stepIndex: 0 })
    })

    test('retrievals under way while trajectories come, go and come back find no damage', async () => {
      const { memory } = await open()
      const query = { goal: 'open the door', plan: 'p', observation: 'a key' }
      for (const id of ['a', 'b']) await memory.add(trajectory({ id }))
      const found = await Promise.all(
        Array.from({ length: 12 }, async (_, i) => {
          const exemplars = memory.retrieve(query, { k: 3 })
          await Promise.all([memory.delete('a'), memory.add(trajectory({ id: 'a', steps: Array.from({ length: i }, () => step('x')) }))])
          return exemplars
        }),
      )
      for (const exemplars of found) expect(exemplars.map(({ trajectoryId }) => trajectoryId)).toContain('b')
      await memory.add(trajectory({ id: 'a' }))
      expect(await memory.stats()).toMatchObject({ count: 2, retrievable: 2, corrupt: [] })
    })

    test('what another connection deleted is left out without a complaint', async () => {
      const { memory, reopen } = await open()
      for (const id of ['a', 'b']) await memory.add(trajectory({ id }))
      const other = await createMemoryEngine({ store: await reopen(), embedder: seededEmbedder() })
      await other.delete('a')
      await other.close()
      expect((await memory.retrieve({ goal: 'open' }, { k: 3 })).map(({ trajectoryId }) => trajectoryId)).toEqual(['b'])
      expect(await memory.stats()).toMatchObject({ count: 1, retrievable: 1, corrupt: [] })
    })

    test('clear empties all, and what comes after works', async () => {
      const { memory, store } = await open()
      await memory.record(episode({ id: 'a' }))
      await memory.clear()
      expect(Object.values({ ...(await dumpStore(store)), meta: [], changes: [] }).flat()).toEqual([])
      expect(await memory.retrieve({ goal: 'open' }, { k: 1 })).toEqual([])
      await memory.add(trajectory({ id: 'b' }))
      expect(await memory.retrieve({ goal: 'open' }, { k: 3 })).toHaveLength(1)
    })

    test.each([['__proto__'], ['constructor'], ['hasOwnProperty'], ['\udfff'], ['a b/c']])('the id %j works everywhere', async (id) => {
      const { memory } = await open()
      await memory.add(trajectory({ id, taskId: id, metadata: JSON.parse('{"__proto__x": 1}') }))
      await memory.record(episode({ shown: shown(id, 'toString'), store: false }))
      expect(await counts(memory, id)).toEqual([1, 1, 'active'])
      expect((await memory.retrieve({ goal: 'open', plan: 'p', reasoning: 'r' }, { k: 1 }))[0]?.trajectoryId).toBe(id)
      expect(await memory.retrieve({ goal: 'open' }, { k: 1, excludeTask: id })).toEqual([])
      expect([await memory.has('valueOf'), await memory.delete(id), await memory.count()]).toEqual([false, true, 0])
    })

    test('texts come back as they were: a million letters, lone surrogates, placeholders, fences', async () => {
      const { memory, reopen } = await open()
      const texts = ['x'.repeat(1_000_000), 'a\ud800b', '$& {plan} {{', '```\n</exemplar>', '\u0000']
      const given = trajectory({
        id: 'odd',
        goal: 'odd \udc00',
        plan: texts[0] as string,
        steps: texts.map((text) => step(text, text, text)),
      })
      await memory.add(given)
      await memory.close()
      const again = await createMemoryEngine({ store: await reopen(), embedder: seededEmbedder() })
      expect((await again.get('odd'))?.trajectory).toEqual(given)
      const [found] = await again.retrieve({ goal: 'odd \udc00', plan: 'p', observation: texts[1] as string }, { k: 1 })
      expect(found).toMatchObject({ goal: given.goal, stepIndex: 1, outcome: given.outcome })
      expect(found?.steps).toEqual(given.steps)
      await again.close()
    })

    test('where asked to, a store of another embedder is refused by name, and nothing in it changes', async () => {
      const { memory, store, reopen } = await open({ embedder: seededEmbedder(16, 'first') })
      await memory.add(trajectory())
      const before = await dumpStore(store)
      await memory.close()
      for (const embedder of [seededEmbedder(16, 'second'), seededEmbedder(8, 'first')]) {
        const refused = createMemoryEngine({ store: await reopen(), embedder, otherEmbedder: 'refuse' })
        await expect(refused).rejects.toMatchObject({ code: 'embedder-mismatch' })
        await expect(refused).rejects.toThrow(new RegExp(`first \\(16 numbers\\).*${embedder.id} \\(${embedder.dimensions} numbers\\)`))
      }
      expect(await dumpStore(await reopen())).toEqual(before)
    })

    test('vectors of two embedders never meet, also where both opened the store while it was empty', async () => {
      const { memory, store, reopen } = await open({ embedder: seededEmbedder(16, 'first') })
      const other = await createMemoryEngine({ store: await reopen(), embedder: seededEmbedder(16, 'second') })
      await memory.add(trajectory())
      const before = await dumpStore(store)
      await expect(other.add(trajectory({ id: 'two' }))).rejects.toMatchObject({ code: 'embedder-mismatch' })
      await expect(other.record(episode({ id: 'two' }))).rejects.toMatchObject({ code: 'embedder-mismatch' })
      expect(await dumpStore(store)).toEqual(before)
      await Promise.all([memory.close(), other.close()])
    })

    test('a store without vectors takes any embedder', async () => {
      const { memory, reopen } = await open({ embedder: seededEmbedder(16, 'first') })
      await memory.add(trajectory())
      await memory.delete('one')
      await memory.close()
      const again = await createMemoryEngine({ store: await reopen(), embedder: seededEmbedder(8, 'second') })
      await again.add(trajectory())
      expect(await again.retrieve({ goal: 'open the door' }, { k: 1 })).toHaveLength(1)
      await again.close()
    })

    test('after close every call rejects, and what was acknowledged is there', async () => {
      const { memory, reopen } = await open()
      const adding = memory.add(trajectory({ id: 'a' }))
      await adding
      const late = memory.add(trajectory({ id: 'b' }))
      const closing = memory.close()
      const outcome = await late.then(
        () => true,
        (error: { code: string }) => error.code,
      )
      await closing
      expect([true, 'memory-closed']).toContain(outcome)
      for (const call of [
        memory.count(),
        memory.retrieve({ goal: 'g' }, { k: 1 }),
        memory.add(trajectory()),
        memory.list(),
        memory.clear(),
      ])
        await expect(call).rejects.toMatchObject({ code: 'memory-closed' })
      const again = await createMemoryEngine({ store: await reopen(), embedder: seededEmbedder() })
      expect(await again.has('a')).toBe(true)
      expect(await again.has('b')).toBe(outcome === true)
      await again.close()
    })
  })
}
