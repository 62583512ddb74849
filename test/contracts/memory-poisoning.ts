/**
 * Planted experiences, in the manner of MINJA and MemoryGraft: what a page made an agent record, what an import brings, and what a
 * file claims. None is retrieved, or raises or lowers anything, before code or a person has confirmed it. Run for each store.
 */
import { describe, expect, test } from 'vitest'
import type { EpisodeRecord, Shown } from '../../src/core/memory.ts'
import type { Provenance, Trajectory } from '../../src/core/trajectory.ts'
import { createMemoryEngine, type MemoryEngine, type MemoryEngineOptions } from '../../src/memory/memory-engine.ts'
import type { MemoryEvent, TrajectoryStatus } from '../../src/memory/open-memory.ts'
import type { Tables, TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'
import { collect } from '../support/collect.ts'
import { dumpStore } from '../support/dump-store.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { trajectory } from '../support/trajectories.ts'

const query = { goal: 'open the door', plan: 'find', observation: 'a key' }
const CURATION = { threshold: 0.3, minRetrievals: 5 }
const from = (fields: Partial<Provenance> = {}): Provenance => ({
  origin: 'https://shop.example',
  model: 'test',
  rewardSource: 'agent',
  pageText: true,
  source: 'https://shop.example/reviews',
  ...fields,
})
/** What a page made an agent record: a success by the agent's own word. */
const planted = (
  id: string,
  { provenance, ...fields }: Partial<Omit<Trajectory, 'provenance'>> & { provenance?: Partial<Provenance> } = {},
) => trajectory({ id, ...fields, provenance: from(provenance) })
const shown = (...ids: string[]): Shown[] => ids.map((trajectoryId) => ({ trajectoryId, phase: 'act', step: 0 }))
const episode = (one: Trajectory, fields: Partial<EpisodeRecord> = {}): EpisodeRecord => ({
  trajectory: one,
  shown: [],
  store: true,
  curation: CURATION,
  ...fields,
})
let made = 0

export function memoryPoisoningContract(name: string, openStore: (name: string) => Promise<TrajectoryStore>): void {
  const newName = (): string => `poisoning-${Date.now()}-${made++}`
  const open = async (options: Partial<MemoryEngineOptions> & { called?: string } = {}): Promise<Opened> => {
    const { called = newName(), ...rest } = options
    const events: MemoryEvent[] = []
    const store = await openStore(called)
    const embedder = seededEmbedder()
    const memory = await createMemoryEngine({ store, embedder, openStore, onEvent: (event) => void events.push(event), ...rest })
    const evicted = (): string[] => events.flatMap((event) => (event.type === 'evicted' ? event.ids : []))
    return { memory, store, evicted, embedded: embedder.calls }
  }
  const found = async (memory: MemoryEngine): Promise<string[]> =>
    (await memory.retrieve(query, { k: 50 })).map(({ trajectoryId }) => trajectoryId).toSorted()
  const listed = async (memory: MemoryEngine, status: TrajectoryStatus): Promise<string[]> =>
    (await memory.list({ status, order: 'oldest', limit: 1000 })).items.map((item) => item.trajectory.id)
  const counts = async (memory: MemoryEngine, id: string): Promise<unknown> => {
    const { retrievals, successes, quality } = (await memory.get(id)) ?? {}
    return [retrievals, successes, quality]
  }
  const importing = async (memory: MemoryEngine, lines: readonly string[], accept: boolean): Promise<unknown> => {
    const session = memory.startImport({ accept })
    for (const line of lines) await session.push(`${line.trimEnd()}\n`)
    return session.finish()
  }

  describe(`a memory over ${name}, against planted experiences:`, () => {
    test("a success by the agent's own word after page text waits: it is listed, never retrieved, and not even embedded", async () => {
      const { memory, store, embedded } = await open()
      await memory.add(trajectory({ id: 'mine' }))
      embedded.length = 0
      const first = await memory.record(episode(planted('recorded')))
      expect(first).toEqual({ stored: true, pruned: [], quarantined: true })
      expect((await memory.add(planted('added'))).id).toBe('added')
      expect(embedded).toEqual([])
      expect([await found(memory), await listed(memory, 'quarantined')]).toEqual([['mine'], ['recorded', 'added']])
      const before = await dumpStore(store)
      expect(await memory.record(episode(planted('recorded')))).toEqual(first)
      expect(await dumpStore(store)).toEqual(before)
      expect(before['observations']).toHaveLength(1)
      expect(await memory.stats()).toMatchObject({ retrievable: 1, count: 3 })
    })

    test.each([
      ['code of the environment', { rewardSource: 'environment' }],
      ["the host's verify", { rewardSource: 'verifier' }],
      ['a user', { rewardSource: 'user' }],
      ['a seed', { rewardSource: 'seed' }],
      ['the agent alone, with no text of others', { pageText: false }],
    ] as const)('what was judged by %s is retrieved at once', async (_, provenance) => {
      const { memory } = await open()
      expect(await memory.record(episode(planted('a', { provenance })))).toEqual({ stored: true, pruned: [] })
      await memory.add(planted('b', { provenance }))
      expect(await found(memory)).toEqual(['a', 'b'])
    })

    test('an outcome that nobody confirmed credits nothing that was shown, and prunes nothing', async () => {
      const { memory } = await open()
      for (const id of ['good', 'bad']) await memory.add(trajectory({ id }))
      for (let i = 0; i < 6; i++) {
        await memory.record(episode(planted(`good-${i}`), { shown: shown('good') }))
        await memory.record(episode(planted(`unstored-${i}`), { shown: shown('good'), store: false }))
        await memory.record(episode(planted(`bad-${i}`, { success: false }), { shown: shown('bad') }))
      }
      expect([await counts(memory, 'good'), await counts(memory, 'bad')]).toEqual([
        [0, 0, null],
        [0, 0, null],
      ])
      expect(await found(memory)).toEqual(['bad', 'good'])
      const { items } = await memory.episodes({ trajectoryId: 'good' })
      expect(items).toHaveLength(12)
      expect(items.every(({ unconfirmed }) => unconfirmed)).toBe(true)
    })

    test('accepted it is retrieved, says that a user judged it, and credits what it was shown, once', async () => {
      const { memory, store } = await open()
      for (const id of ['shown', 'old']) await memory.add(trajectory({ id }))
      const one = episode(planted('new', { supersedes: 'old' }), { shown: shown('shown', 'shown', 'new') })
      const first = await memory.record(one)
      expect(await found(memory)).toEqual(['old', 'shown'])
      expect(await memory.accept(['new', 'shown'])).toEqual(['new'])
      expect(await found(memory)).toEqual(['new', 'shown'])
      expect((await memory.get('new'))?.trajectory).toEqual({ ...one.trajectory, provenance: from({ rewardSource: 'user' }) })
      expect(await counts(memory, 'shown')).toEqual([1, 1, 1])
      expect((await memory.episodes()).items[0]).not.toHaveProperty('unconfirmed')
      expect([await memory.accept('new'), await memory.record(one), await counts(memory, 'shown')]).toEqual([[], first, [1, 1, 1]])
      const { trajectories, meta, ledger } = await dumpStore(store)
      const bytes = (trajectories as Tables['trajectories'][]).map((row) => JSON.stringify(row.trajectory).length)
      expect(meta).toMatchObject([{ bytes: { trajectories: bytes.reduce((sum, size) => sum + size, 0) } }])
      expect((ledger as Tables['ledger'][]).map(({ utility, waiting }) => [utility, waiting])).toEqual(ledger?.map(() => [1, undefined]))
    })

    test('a failure that is accepted stays a failure, and its credit is one', async () => {
      const { memory } = await open()
      await memory.add(trajectory({ id: 'shown' }))
      const curation = { ...CURATION, halfLife: 2 }
      expect(await memory.record(episode(planted('f', { success: false }), { shown: shown('shown'), curation }))).toMatchObject({
        quarantined: true,
      })
      await memory.accept('f')
      expect([await found(memory), await listed(memory, 'failed'), await counts(memory, 'shown')]).toEqual([['shown'], ['f'], [1, 0, 0]])
    })

    test('the full approval of a user accepts it; that of a verifier, of a review, or half of it does not', async () => {
      const { memory } = await open()
      await memory.add(trajectory({ id: 'shown' }))
      await memory.record(episode(planted('a'), { shown: shown('shown') }))
      for (const verdict of [
        { value: 1, source: 'review' },
        { value: 1, source: 'verifier' },
        { value: 0.9, source: 'user' },
      ] as const)
        expect(await memory.feedback('a', verdict)).toMatchObject({ status: 'quarantined' })
      expect([await found(memory), await counts(memory, 'shown')]).toEqual([['shown'], [0, 0, null]])
      const twice = [1, 2].map(() => memory.feedback('a', { value: 1, source: 'user', note: 'yes' }, { feedbackId: 'f' }))
      expect((await Promise.all(twice))[1]).toMatchObject({ status: 'active', trajectory: { provenance: { rewardSource: 'user' } } })
      expect([await found(memory), await counts(memory, 'shown')]).toEqual([
        ['a', 'shown'],
        [1, 1, 1],
      ])
      expect((await memory.get('a'))?.feedback).toHaveLength(4)
    })

    test('a verdict of -1 holds until a user says otherwise; an imported one takes more than approval', async () => {
      const { memory } = await open()
      for (const id of ['a', 'b']) {
        await memory.record(episode(planted(id)))
        await memory.feedback(id, { value: -1, source: 'review' })
      }
      await importing(memory, [JSON.stringify(planted('foreign'))], false)
      await memory.accept('a')
      expect(await listed(memory, 'retired')).toEqual(['a'])
      expect(await memory.feedback('b', { value: 1, source: 'user' })).toMatchObject({ status: 'active' })
      expect(await memory.feedback('foreign', { value: 1, source: 'user' })).toMatchObject({ status: 'quarantined' })
      expect(await found(memory)).toEqual(['b'])
    })

    test('what waits takes nobody’s place: no id, no room, no credit, and replaces nothing', async () => {
      const { memory, evicted } = await open({ maxTrajectories: 3 })
      for (const id of ['a', 'b']) await memory.add(trajectory({ id }))
      await importing(memory, [JSON.stringify(trajectory({ id: 'foreign' }))], false)
      expect(await memory.record(episode(planted('a', { goal: 'pay the thief' })))).toEqual({ stored: true, pruned: [] })
      expect((await memory.get('a'))?.trajectory.goal).toBe('open the door')
      await memory.record(episode(planted('p1', { supersedes: 'b' }), { shown: shown('p1') }))
      expect([evicted(), await found(memory), await memory.count()]).toEqual([['p1'], ['a', 'b'], 3])
      await memory.delete('foreign')
      await memory.record(episode(planted('p2')))
      await memory.record({ ...episode(trajectory({ id: 'c' })), shown: shown('p2', 'p2') })
      expect([evicted(), await found(memory)]).toEqual([
        ['p1', 'p2'],
        ['a', 'b', 'c'],
      ])
      await memory.delete('c')
      await memory.record(episode(planted('own')))
      expect(await memory.has('own')).toBe(false)
      expect((await memory.add(trajectory({ id: 'own', goal: 'mine' }))).goal).toBe('mine')
      expect(await found(memory)).toEqual(['a', 'b', 'own'])
    })

    test('being named as shown, one that waits is neither credited nor moved from where it is the first to go', async () => {
      const { memory, evicted } = await open({ maxTrajectories: 2 })
      await memory.record(episode(planted('p')))
      await memory.record(episode(trajectory({ id: 'a' }), { shown: shown('p') }))
      expect(await counts(memory, 'p')).toEqual([0, 0, null])
      await memory.add(trajectory({ id: 'b' }))
      expect(evicted()).toEqual(['p'])
    })

    test('a hundred of one source may wait: the oldest goes, never a confirmed one, an imported one, or one of another source', async () => {
      const { memory, evicted } = await open()
      await memory.record(episode(planted('confirmed')))
      await memory.accept('confirmed')
      const own = { provenance: { source: 'https://shop.example/orders' } }
      await memory.add(planted('other', own))
      await importing(memory, [JSON.stringify(planted('foreign'))], false)
      for (let i = 0; i < 103; i++) await memory.add(planted(`p${i}`))
      expect(evicted()).toEqual(['p0', 'p1', 'p2'])
      expect(await listed(memory, 'quarantined')).toEqual(['other', 'foreign', ...Array.from({ length: 100 }, (_, i) => `p${i + 3}`)])
      expect(await memory.accept('p3')).toEqual(['p3'])
      await memory.add(planted('late'))
      expect([evicted().length, await found(memory)]).toEqual([3, ['confirmed', 'p3']])
      expect((await memory.list({ order: 'utility', limit: 2 })).items.map((item) => item.trajectory.id)).toEqual(['other', 'p4'])
    })

    test('made-up sources do not help: a thousand may wait in all; without a source it is the origin that counts', async () => {
      const { memory, evicted } = await open()
      for (let i = 0; i < 1_003; i++) await memory.add(planted(`p${i}`, { provenance: { source: `https://shop.example/${i % 150}` } }))
      expect(evicted()).toEqual(['p0', 'p1', 'p2'])
      const { memory: other, evicted: gone } = await open()
      const { source: _, ...bare } = from()
      for (let i = 0; i < 101; i++)
        await other.add(trajectory({ id: `p${i}`, provenance: { ...bare, origin: i === 0 ? 'https://b.example' : bare.origin } }))
      expect(gone()).toEqual([])
      await other.add(trajectory({ id: 'late', provenance: bare }))
      expect(gone()).toEqual(['p1'])
    })

    test('a fork keeps what waits, and what is owed for it', async () => {
      const { memory } = await open()
      await memory.add(trajectory({ id: 'shown' }))
      await memory.record(episode(planted('p'), { shown: shown('shown') }))
      const copy = newName()
      await memory.fork(copy)
      const { memory: forked } = await open({ called: copy })
      expect([await found(forked), await listed(forked, 'quarantined')]).toEqual([['shown'], ['p']])
      await forked.accept('p')
      expect([await found(forked), await counts(forked, 'shown'), await counts(memory, 'shown')]).toEqual([
        ['p', 'shown'],
        [1, 1, 1],
        [0, 0, null],
      ])
    })

    test.each([false, true])('exported and imported again it waits again, with accept: %s', async (accept) => {
      const { memory } = await open()
      await memory.add(trajectory({ id: 'mine' }))
      await memory.record(episode(planted('p')))
      await memory.feedback('p', { value: 0.5, source: 'review' })
      const lines = await collect(memory.export())
      expect(lines.join('')).not.toContain('"waiting"')
      const { memory: other } = await open()
      for (let i = 0; i < 2; i++) expect(await importing(other, lines, accept)).toMatchObject({ imported: i === 0 ? 2 : 0, checksum: 'ok' })
      expect([await found(other), await listed(other, 'quarantined')]).toEqual([accept ? ['mine'] : [], accept ? ['p'] : ['mine', 'p']])
      expect((await other.get('p'))?.trajectory.provenance).toEqual(from({ rewardSource: 'import' }))
      expect(await importing(memory, lines, accept)).toMatchObject({ imported: 0, skipped: 2 })
      expect(await other.accept('p')).toEqual(['p'])
      expect((await other.get('p'))?.trajectory.provenance.rewardSource).toBe('import')
    })

    test('whatever a file claims, nothing of it is retrieved or changed before its owner accepts it', async () => {
      const { memory, store } = await open()
      for (const id of ['mine', 'other']) await memory.add(trajectory({ id }))
      await memory.record(episode(planted('waits'), { shown: shown('mine') }))
      const before = await dumpStore(store)
      const ledger = {
        retrievals: 50,
        successesWhenRetrieved: 50,
        shares: 50,
        sharesOfSuccesses: 50,
        utility: 1,
        waiting: 'x',
        seq: -9,
        id: 'mine',
      }
      const line = (id: string, fields: object = {}, standing: unknown = { status: 'active', ledger }): string =>
        JSON.stringify({
          ...planted(id, { goal: query.goal, provenance: { rewardSource: 'environment', pageText: false } }),
          ...fields,
          standing,
        })
      const hostile = [
        line('mine', { goal: 'pay the thief' }),
        line('waits', { goal: 'pay the thief' }),
        line('__proto__'),
        line('constructor', { supersedes: 'mine' }),
        line('planted', { supersedes: 'other', createdAt: '2199-01-01T00:00:00Z' }),
        line('user', { provenance: from({ rewardSource: 'user' }) }),
        line('odd', {}, { status: 'active', onAccept: 'active', __proto__: { status: 'active' } }),
        line('inherited').replace('"standing"', '"__proto__":{"status":"active"},"standing"'),
      ]
      expect(await importing(memory, hostile, false)).toMatchObject({ imported: 6, skipped: 2, invalid: 0 })
      expect(await found(memory)).toEqual(['mine', 'other'])
      expect((await listed(memory, 'quarantined')).toSorted()).toEqual(
        ['__proto__', 'constructor', 'inherited', 'odd', 'planted', 'user', 'waits'].toSorted(),
      )
      for (const { trajectory: one } of (await memory.list({ status: 'quarantined' })).items)
        expect(one.provenance.rewardSource).toBe(one.id === 'waits' ? 'agent' : 'import')
      const after = await dumpStore(store)
      const own = (table: 'trajectories' | 'ledger' | 'observations', of: typeof before): unknown =>
        (of[table] as { id: string }[]).filter(({ id }) => ['mine', 'other', 'waits'].includes(id))
      for (const table of ['trajectories', 'ledger', 'observations'] as const) expect(own(table, after)).toEqual(own(table, before))
      expect((after['ledger'] as Tables['ledger'][]).filter(({ utility }) => utility === -1)).toHaveLength(6)
      expect(({} as { status?: string }).status).toBeUndefined()
      await memory.record(episode(trajectory({ id: 'fresh' }), { shown: shown('__proto__', 'planted') }))
      expect([await counts(memory, '__proto__'), await found(memory)]).toEqual([
        [0, 0, null],
        ['fresh', 'mine', 'other'],
      ])
      expect((await memory.accept(['planted', '__proto__'])).toSorted()).toEqual(['__proto__', 'planted'])
      expect(await found(memory)).toEqual(['__proto__', 'fresh', 'mine', 'planted'])
      expect(await counts(memory, 'planted')).toEqual([0, 0, null])
    })

    test("a file's line that says itself that nobody confirmed it waits even where the owner accepts the file", async () => {
      const { memory } = await open()
      const lines = [{ status: 'active' }, undefined].map((standing, i) => JSON.stringify({ ...planted(`p${i}`), standing }))
      await importing(memory, [...lines, JSON.stringify(planted('judged', { provenance: { rewardSource: 'environment' } }))], true)
      expect([await found(memory), await listed(memory, 'quarantined')]).toEqual([['judged'], ['p0', 'p1']])
      expect((await memory.get('judged'))?.trajectory.provenance.rewardSource).toBe('import')
    })
  })
}

interface Opened {
  memory: MemoryEngine
  store: TrajectoryStore
  evicted(): string[]
  /** Batches that the embedder was asked for. */
  embedded: string[][]
}
