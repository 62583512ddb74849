/** What every store must do. Run by a test file for each of them. */
import { describe, expect, test } from 'vitest'
import { newLedger } from '../../src/memory/curator.ts'
import type {
  EpisodeRow,
  IndexName,
  IndexPage,
  LedgerRow,
  StoreReader,
  StoreWriter,
  TrajectoryRow,
  TrajectoryStore,
} from '../../src/memory/store/trajectory-store.ts'
import { packVectors } from '../../src/util/packed-vectors.ts'
import { trajectory } from '../support/trajectories.ts'

export function trajectoryStoreContract(name: string, open: () => Promise<TrajectoryStore>): void {
  describe(`${name} keeps the contract of a store:`, () => {
    test('what was written is read back as it was', async () => {
      const store = await open()
      const vectors = { id: 'a', ...packVectors([Float32Array.from([0.6, 0, 0.8])]) }
      await store.write(async (writer) => {
        await writer.put('trajectories', row('a', 1))
        await writer.put('observations', vectors)
        await writer.put('reasonings', { id: 'a', ...packVectors([]) })
      })
      const [read, observations, reasonings, missing] = await store.read(async (reader) => [
        await reader.get('trajectories', 'a'),
        await reader.get('observations', 'a'),
        await reader.get('reasonings', 'a'),
        await reader.get('trajectories', 'b'),
      ])
      expect(read).toEqual(row('a', 1))
      expect(observations).toEqual(vectors)
      expect(reasonings).toEqual({ id: 'a', values: new Int16Array(0), scales: new Float32Array(0) })
      expect(missing).toBeUndefined()
      store.close()
    })

    test('rows are copies: changing one changes nothing stored', async () => {
      const store = await open()
      const given = row('a', 1)
      await store.write((writer) => writer.put('trajectories', given))
      given.trajectory.steps.length = 0
      const first = await store.read((reader) => reader.get('trajectories', 'a'))
      if (first) first.trajectory.goal = 'changed'
      expect(await store.read((reader) => reader.get('trajectories', 'a'))).toEqual(row('a', 1))
      store.close()
    })

    test('a row with the same id is replaced, and a deleted one is gone', async () => {
      const store = await open()
      await store.write((writer) => writer.put('ledger', ledger('a', 1, { retrievals: 1 })))
      await store.write((writer) => writer.put('ledger', ledger('a', 1, { retrievals: 2, successesWhenRetrieved: 1 })))
      expect(await store.read((reader) => reader.get('ledger', 'a'))).toEqual(ledger('a', 1, { retrievals: 2, successesWhenRetrieved: 1 }))
      await store.write((writer) => writer.delete('ledger', 'a'))
      await store.write((writer) => writer.delete('ledger', 'never there'))
      expect(await store.read((reader) => reader.count('ledger'))).toBe(0)
      store.close()
    })

    test('a writer reads what it wrote', async () => {
      const store = await open()
      const seen = await store.write(async (writer) => {
        await writer.put('trajectories', row('a', 1))
        return [await writer.count('trajectories'), (await writer.get('trajectories', 'a'))?.seq]
      })
      expect(seen).toEqual([1, 1])
      store.close()
    })

    test('work that throws changes nothing, also what it had written before', async () => {
      const store = await open()
      await store.write((writer) => writer.put('trajectories', row('a', 1)))
      const failing = store.write(async (writer) => {
        await writer.put('trajectories', row('b', 2))
        await writer.put('episodes', episode(1, ['a']))
        await writer.clear('episodes')
        await writer.deleteUpTo('trajectories', 'a')
        throw new Error('halfway')
      })
      await expect(failing).rejects.toThrow('halfway')
      const rows = await store.read((reader) => reader.rows('trajectories', { limit: 10 }))
      expect(rows).toEqual([row('a', 1)])
      expect(await store.read((reader) => reader.count('episodes'))).toBe(0)
      store.close()
    })

    test('a put that the store refuses undoes the whole of its transaction', async () => {
      const store = await open()
      const unstorable = { ...row('b', 2), trajectory: { ...trajectory(), metadata: { f: () => 1 } as never } }
      const failing = store.write(async (writer) => {
        await writer.put('trajectories', row('a', 1))
        await writer.put('trajectories', unstorable)
      })
      await expect(failing).rejects.toThrow()
      expect(await store.read((reader) => reader.count('trajectories'))).toBe(0)
      store.close()
    })

    test('writes that are begun together happen one after another', async () => {
      const store = await open()
      const increment = (writer: StoreWriter): Promise<void> =>
        writer.get('ledger', 'a').then((counts) => writer.put('ledger', ledger('a', 1, { retrievals: (counts?.retrievals ?? 0) + 1 })))
      await Promise.all(Array.from({ length: 20 }, () => store.write(increment)))
      expect(await store.read((reader) => reader.get('ledger', 'a'))).toMatchObject({ retrievals: 20 })
      store.close()
    })

    test('rows come in the order of their ids, page by page', async () => {
      const store = await open()
      await store.write(async (writer) => {
        for (const [i, id] of ['c', 'a', 'é', 'b'].entries()) await writer.put('trajectories', row(id, i))
      })
      const first = await store.read((reader) => reader.rows('trajectories', { limit: 2 }))
      const second = await store.read((reader) => reader.rows('trajectories', { after: 'b', limit: 5 }))
      expect([first, second].map((rows) => rows.map(({ id }) => id))).toEqual([
        ['a', 'b'],
        ['c', 'é'],
      ])
      store.close()
    })

    test('a limit of 0 is kept', async () => {
      const store = await open()
      await store.write(async (writer) => {
        await writer.put('trajectories', row('a', 1))
        await writer.put('episodes', episode(1, ['a']))
      })
      const none = await store.read(async (reader) => [
        await reader.rows('trajectories', { limit: 0 }),
        await reader.by('seq', { order: 'ascending', limit: 0 }),
        await reader.by('seq', { order: 'descending', limit: 0 }),
        await reader.where('shown', 'a', { limit: 0 }),
      ])
      expect(none).toEqual([[], [], [], []])
      store.close()
    })

    test('ids come alone, in order', async () => {
      const store = await open()
      await store.write(async (writer) => {
        for (const [i, id] of ['c', 'a', 'b'].entries()) await writer.put('trajectories', row(id, i))
        for (const id of [10, 2, 1]) await writer.put('changes', { id, ids: null })
      })
      expect(await store.read((reader) => reader.ids('trajectories'))).toEqual(['a', 'b', 'c'])
      expect(await store.read((reader) => reader.ids('changes'))).toEqual([1, 2, 10])
      expect(await store.read((reader) => reader.ids('episodes'))).toEqual([])
      store.close()
    })

    test('rows up to an id are deleted with it, and no others', async () => {
      const store = await open()
      await store.write(async (writer) => {
        for (const id of [1, 2, 3, 10]) await writer.put('changes', { id, ids: ['a'] })
        await writer.deleteUpTo('changes', 2)
      })
      expect(await store.read((reader) => reader.ids('changes'))).toEqual([3, 10])
      await store.write((writer) => writer.deleteUpTo('changes', 0))
      expect(await store.read((reader) => reader.ids('changes'))).toEqual([3, 10])
      store.close()
    })

    test('trajectories come by when they were stored, in either direction', async () => {
      const store = await open()
      await store.write(async (writer) => {
        for (const [i, id] of ['c', 'a', 'd', 'b'].entries()) await writer.put('trajectories', row(id, i))
      })
      const ids = idsBy(store, 'seq')
      expect(await ids({ order: 'ascending', limit: 3 })).toEqual(['c', 'a', 'd'])
      expect(await ids({ order: 'ascending', from: 2, limit: 3 })).toEqual(['b'])
      expect(await ids({ order: 'descending', limit: 3 })).toEqual(['b', 'd', 'a'])
      expect(await ids({ order: 'descending', from: 1, limit: 3 })).toEqual(['c'])
      store.close()
    })

    test('ledgers come by utility, the older first among equals, and follow when it changes', async () => {
      const store = await open()
      await store.write(async (writer) => {
        const rows = { a: [3, 1], b: [1, 0.5], c: [2, 0.5], d: [4, 0.1], e: [5, 0] } as const
        for (const [id, [seq, utility]] of Object.entries(rows)) await writer.put('ledger', ledger(id, seq, { utility }))
      })
      const ids = idsBy(store, 'utility')
      expect(await ids({ order: 'ascending', limit: 10 })).toEqual(['e', 'd', 'b', 'c', 'a'])
      expect(await ids({ order: 'ascending', from: [0.5, 1], limit: 10 })).toEqual(['c', 'a'])
      expect(await ids({ order: 'ascending', from: [0.5, 0], limit: 1 })).toEqual(['b'])
      expect(await ids({ order: 'descending', limit: 2 })).toEqual(['a', 'c'])
      expect(await ids({ order: 'descending', from: [0.5, 2], limit: 2 })).toEqual(['b', 'd'])
      await store.write(async (writer) => {
        await writer.put('ledger', ledger('e', 5, { utility: 0.7 }))
        await writer.delete('ledger', 'd')
      })
      expect(await ids({ order: 'ascending', limit: 10 })).toEqual(['b', 'c', 'e', 'a'])
      store.close()
    })

    test('rows whose field is no key are in no order, and still stored', async () => {
      const store = await open()
      await store.write(async (writer) => {
        await writer.put('ledger', ledger('a', 1, { utility: NaN }))
        await writer.put('ledger', ledger('b', 2, { utility: undefined as never }))
        await writer.put('ledger', ledger('c', 3, {}))
      })
      expect(await idsBy(store, 'utility')({ order: 'ascending', limit: 10 })).toEqual(['c'])
      expect(await store.read((reader) => reader.count('ledger'))).toBe(3)
      store.close()
    })

    test('a trajectory is found by the one that it replaces', async () => {
      const store = await open()
      await store.write(async (writer) => {
        await writer.put('trajectories', { ...row('b', 1), replaces: 'a' })
        await writer.put('trajectories', { ...row('c', 2), replaces: 'b' })
        await writer.put('trajectories', { ...row('d', 3), replaces: 'a' })
        await writer.put('trajectories', row('e', 4))
      })
      const replacing = (id: string): Promise<string[]> =>
        store.read(async (reader) => (await reader.where('supersedes', id)).map((found) => found.id))
      expect([await replacing('a'), await replacing('b'), await replacing('e')]).toEqual([['d', 'b'], ['c'], []])
      await store.write((writer) => writer.put('trajectories', row('d', 3)))
      expect(await replacing('a')).toEqual(['b'])
      store.close()
    })

    test('an episode is found by its name, and those that were shown a trajectory newest first, in pages', async () => {
      const store = await open()
      await store.write(async (writer) => {
        for (const [id, shown] of [['x'], ['x', 'y'], [], ['y'], ['x'], ['x']].entries()) await writer.put('episodes', episode(id, shown))
      })
      expect(await store.read((reader) => reader.where('episode', 'of 3'))).toEqual([episode(3, ['y'])])
      expect(await store.read((reader) => reader.where('episode', 'of 30'))).toEqual([])
      const shown = (page: Parameters<StoreReader['where']>[2] & { before?: number }, id = 'x'): Promise<number[]> =>
        store.read(async (reader) => (await reader.where('shown', id, page)).map((found) => found.id))
      expect(await shown({})).toEqual([5, 4, 1, 0])
      expect(await shown({ limit: 2 })).toEqual([5, 4])
      expect(await shown({ limit: 2, before: 4 })).toEqual([1, 0])
      expect(await shown({ before: 3 })).toEqual([1, 0])
      expect(await shown({ before: 100, limit: 1 })).toEqual([5])
      expect(await shown({ before: 0 })).toEqual([])
      expect(await shown({}, 'y')).toEqual([3, 1])
      expect(await shown({}, 'shownIds')).toEqual([])
      store.close()
    })

    test('snapshots lie apart: their transactions reach nothing else, nor do others reach them', async () => {
      const store = await open()
      const bytes = Uint8Array.from([1, 2, 3])
      await store.snapshots.write((writer) => writer.put('snapshots', { id: 'part', bytes }))
      expect(await store.snapshots.read((reader) => reader.get('snapshots', 'part'))).toEqual({ id: 'part', bytes })
      await expect(store.snapshots.write((writer) => writer.put('trajectories', row('a', 1)))).rejects.toThrow()
      await expect(store.write((writer) => writer.clear('snapshots'))).rejects.toThrow()
      expect(await store.snapshots.read((reader) => reader.count('snapshots'))).toBe(1)
      expect(await store.read((reader) => reader.count('trajectories'))).toBe(0)
      store.close()
    })

    test('a write of snapshots may be done while the tables are being read and written', async () => {
      const store = await open()
      let snapshots: Promise<unknown> = Promise.resolve()
      await store.write(async (writer) => {
        await writer.put('trajectories', row('a', 1))
        snapshots = store.snapshots.write((other) => other.put('snapshots', { id: 'part' }))
      })
      await snapshots
      expect(await store.snapshots.read((reader) => reader.ids('snapshots'))).toEqual(['part'])
      const failing = store.snapshots.write(async (writer) => {
        await writer.clear('snapshots')
        throw new Error('halfway')
      })
      await expect(failing).rejects.toThrow('halfway')
      expect(await store.snapshots.read((reader) => reader.ids('snapshots'))).toEqual(['part'])
      store.close()
    })

    test.each([['__proto__'], ['constructor'], ['toString'], ['\ud800'], ['a/b'], [' '], ['é'.normalize('NFD')]])(
      'the id %j is an id like any other',
      async (id) => {
        const store = await open()
        await store.write((writer) => writer.put('trajectories', row(id, 1)))
        await store.write((writer) => writer.put('ledger', ledger(id, 1, { retrievals: 1 })))
        expect(await store.read((reader) => reader.get('trajectories', id))).toEqual(row(id, 1))
        expect(await store.read((reader) => reader.get('ledger', id))).toMatchObject({ id, retrievals: 1 })
        expect(await store.read((reader) => reader.get('trajectories', 'valueOf'))).toBeUndefined()
        await store.write((writer) => writer.delete('trajectories', id))
        expect(await store.read((reader) => reader.count('trajectories'))).toBe(0)
        store.close()
      },
    )

    test('a closed store rejects reads and writes', async () => {
      const store = await open()
      store.close()
      await expect(store.read((reader) => reader.count('keys'))).rejects.toMatchObject({ code: 'memory-closed' })
      await expect(store.write((writer) => writer.clear('keys'))).rejects.toMatchObject({ code: 'memory-closed' })
      await expect(store.snapshots.read((reader) => reader.count('snapshots'))).rejects.toMatchObject({ code: 'memory-closed' })
      await expect(store.snapshots.write((writer) => writer.clear('snapshots'))).rejects.toMatchObject({ code: 'memory-closed' })
    })
  })
}

function row(id: string, seq: number): TrajectoryRow {
  const one = trajectory({ id })
  return { id, seq, status: 'active', bytes: JSON.stringify(one).length, trajectory: one }
}

function ledger(id: string, seq: number, fields: Partial<LedgerRow>): LedgerRow {
  return { ...newLedger(id, seq), ...fields }
}

function episode(id: number, shownIds: string[]): EpisodeRow {
  const at = '2026-01-01T00:00:00.000Z'
  return { id, episode: `of ${id}`, at, goal: 'g', stored: true, success: true, pruned: [], shown: [], shownIds }
}

/** The ids of a page of rows, by an index. */
function idsBy<I extends IndexName>(store: TrajectoryStore, index: I): (page: IndexPage<I>) => Promise<string[]> {
  return (page) => store.read(async (reader) => (await reader.by(index, page)).map(({ id }) => id))
}
