/** What every store must do. Run by a test file for each of them. */
import { describe, expect, test } from 'vitest'
import type { StoreWriter, TrajectoryRow, TrajectoryStore } from '../../src/memory/store/trajectory-store.ts'
import { trajectory } from '../support/trajectories.ts'

export function trajectoryStoreContract(name: string, open: () => Promise<TrajectoryStore>): void {
  describe(`${name} keeps the contract of a store:`, () => {
    test('what was written is read back as it was', async () => {
      const store = await open()
      const observations = Float32Array.from([1, 2, 3])
      await store.write(async (writer) => {
        await writer.put('trajectories', row('a', 1))
        await writer.put('stepVectors', { id: 'a', observations, reasonings: new Float32Array(0) })
      })
      const [read, vectors, missing] = await store.read(async (reader) => [
        await reader.get('trajectories', 'a'),
        await reader.get('stepVectors', 'a'),
        await reader.get('trajectories', 'b'),
      ])
      expect(read).toEqual(row('a', 1))
      expect(vectors).toEqual({ id: 'a', observations, reasonings: new Float32Array(0) })
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
      await store.write((writer) => writer.put('ledger', { id: 'a', retrievals: 1, successesWhenRetrieved: 0 }))
      await store.write((writer) => writer.put('ledger', { id: 'a', retrievals: 2, successesWhenRetrieved: 1 }))
      expect(await store.read((reader) => reader.get('ledger', 'a'))).toEqual({ id: 'a', retrievals: 2, successesWhenRetrieved: 1 })
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
        await writer.clear('keys')
        await writer.delete('trajectories', 'a')
        throw new Error('halfway')
      })
      await expect(failing).rejects.toThrow('halfway')
      const rows = await store.read((reader) => reader.rows('trajectories', { limit: 10 }))
      expect(rows).toEqual([row('a', 1)])
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
        writer
          .get('ledger', 'a')
          .then((counts) => writer.put('ledger', { id: 'a', retrievals: (counts?.retrievals ?? 0) + 1, successesWhenRetrieved: 0 }))
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

    test('trajectories come by when they were stored, in either direction', async () => {
      const store = await open()
      await store.write(async (writer) => {
        for (const [i, id] of ['c', 'a', 'd', 'b'].entries()) await writer.put('trajectories', row(id, i))
      })
      const ids = (page: Parameters<StoreWriter['trajectories']>[0]): Promise<string[]> =>
        store.read(async (reader) => (await reader.trajectories(page)).map(({ id }) => id))
      expect(await ids({ order: 'oldest', limit: 3 })).toEqual(['c', 'a', 'd'])
      expect(await ids({ order: 'oldest', from: 2, limit: 3 })).toEqual(['b'])
      expect(await ids({ order: 'newest', limit: 3 })).toEqual(['b', 'd', 'a'])
      expect(await ids({ order: 'newest', from: 1, limit: 3 })).toEqual(['c'])
      store.close()
    })

    test.each([['__proto__'], ['constructor'], ['toString'], ['\ud800'], ['a/b'], [' '], ['é'.normalize('NFD')]])(
      'the id %j is an id like any other',
      async (id) => {
        const store = await open()
        await store.write((writer) => writer.put('trajectories', row(id, 1)))
        await store.write((writer) => writer.put('ledger', { id, retrievals: 1, successesWhenRetrieved: 0 }))
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
    })
  })
}

function row(id: string, seq: number): TrajectoryRow {
  return { id, seq, status: 'active', trajectory: trajectory({ id }) }
}
