/** What happens when the database fails, and when texts are to be forgotten. */
import { deleteDB, openDB } from 'idb'
import { describe, expect, test } from 'vitest'
import type { Embedder } from '../../src/core/embedder.ts'
import { cachedEmbedder } from '../../src/embedding/cached-embedder.ts'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { deleteEmbeddingCache } from '../../src/embedding/stored-embedder.ts'
import { dump, freshName, HASH, later, open, within } from './cache-database.ts'
import { seededEmbedder } from '../support/seeded-embedder.ts'
import { recorded } from './recorded-embedder.ts'

/** A clock that stands still until told otherwise. */
function stoppedClock(): { now: () => number; pass(ms: number): void } {
  let time = 0
  return { now: () => time, pass: (ms) => void (time += ms) }
}

/** Holds the database so that nobody can open it: a connection that does not make way, and a deletion that waits for it. */
async function block(database: string): Promise<() => Promise<void>> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(database)
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(new Error('cannot open')))
  })
  const deletion = indexedDB.deleteDatabase(database)
  const deleted = new Promise<void>((resolve) => deletion.addEventListener('success', () => resolve()))
  later(() => db.close())
  return async () => {
    db.close()
    await deleted
  }
}

/** Databases are made in a storage bucket of so many bytes until the test is over. */
async function smallDisk(bytes: number): Promise<{ takeAway(): Promise<void> }> {
  const { storageBuckets } = navigator as unknown as {
    storageBuckets: {
      open(name: string, options: { quota: number }): Promise<{ indexedDB: IDBFactory }>
      delete(name: string): Promise<void>
    }
  }
  const name = crypto.randomUUID()
  const { indexedDB } = await storageBuckets.open(name, { quota: bytes })
  const own = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB') as PropertyDescriptor
  const restore = (): void => void Object.defineProperty(globalThis, 'indexedDB', own)
  later(restore)
  Object.defineProperty(globalThis, 'indexedDB', { value: indexedDB, configurable: true })
  return {
    async takeAway() {
      await storageBuckets.delete(name)
      restore()
    },
  }
}

/** Writes until there is no room left. */
async function fill(database: string): Promise<void> {
  const db = await openDB(database, 1, { upgrade: (made) => void made.createObjectStore('blocks') })
  later(() => db.close())
  db.addEventListener('versionchange', () => db.close())
  for (const size of [50_000, 1000, 100])
    for (let key = 0; key < 200; key++) {
      const block = crypto.getRandomValues(new Uint8Array(size))
      const full = await db.put('blocks', block, size * 1000 + key).then(
        () => undefined,
        (error: unknown) => error as Error,
      )
      if (full && size === 100) throw full
      if (full) break
    }
}

const texts = (count: number, name = 'text'): string[] => Array.from({ length: count }, (_, i) => `${name} ${i}`)

const reached =
  (stored: { embed: Embedder['embed']; idle(): Promise<void>; asked: { batches: string[][] } }) => async (): Promise<boolean> => {
    const text = crypto.randomUUID()
    await stored.embed([text])
    await stored.idle()
    const before = stored.asked.batches.length
    await stored.embed([text])
    return stored.asked.batches.length === before
  }

describe('a database that fails', () => {
  test('one that does not open is waited for once, and used when it opens after all', async () => {
    const database = freshName()
    const free = await block(database)
    const clock = stoppedClock()
    const stored = open({ database, patience: 300, now: clock.now })
    expect(await stored.embed(['a'])).toEqual(await HASH.embed(['a']))
    expect(await stored.embed(['b'])).toEqual(await HASH.embed(['b']))
    await stored.idle()
    await free()
    const works = reached(stored)
    const worksInTheEnd = (): Promise<boolean> => {
      clock.pass(60_000) // a busy machine may miss the 300 ms once more
      return works()
    }
    await expect.poll(worksInTheEnd, { timeout: 20_000 }).toBe(true)
  })

  test('an abort ends the waiting for it', async () => {
    const database = freshName()
    await block(database)
    const stored = open({ database, patience: 50_000 })
    const controller = new AbortController()
    const call = stored.embed(['a'], { signal: controller.signal })
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'aborted' })
    expect(stored.asked.batches).toEqual([])
  })

  test('one of a newer version is left as it is', async () => {
    const database = freshName()
    const newer = await openDB(database, 7, { upgrade: (db) => void db.createObjectStore('vectors') })
    newer.close()
    const clock = stoppedClock()
    const stored = open({ database, now: clock.now })
    expect(await stored.embed(['a'])).toEqual(await HASH.embed(['a']))
    await stored.idle()
    await expect(stored.forget(['a'])).rejects.toMatchObject({ code: 'memory-blocked' })
    const found = (await indexedDB.databases()).find(({ name }) => name === database)
    expect(found?.version).toBe(7)
    await deleteEmbeddingCache({ database })
    clock.pass(60_000)
    expect(await reached(stored)()).toBe(true)
  })

  test('one that is something else is left as it is', async () => {
    const database = freshName()
    const other = await openDB(database, 1, { upgrade: (db) => void db.createObjectStore('theirs') })
    other.close()
    const stored = open({ database })
    expect(await stored.embed(['a', 'b'])).toEqual(await HASH.embed(['a', 'b']))
    await stored.idle()
    expect(await within(database, async (db) => [...db.objectStoreNames])).toEqual(['theirs'])
  })

  test('one that another part of the page upgrades gets its way at once', async () => {
    const database = freshName()
    const stored = open({ database, now: stoppedClock().now })
    await stored.embed(['a'])
    await stored.idle()
    const newer = await openDB(database, 2)
    newer.close()
    expect(await stored.embed(['a', 'b'])).toEqual(await HASH.embed(['a', 'b']))
  })

  test('a connection that was closed under a handle is opened again within the call', async () => {
    const database = freshName()
    const connections: IDBDatabase[] = []
    const original = IDBFactory.prototype.open
    later(() => void (IDBFactory.prototype.open = original))
    IDBFactory.prototype.open = function (...parameters) {
      const request = original.apply(this, parameters)
      request.addEventListener('success', () => connections.push(request.result))
      return request
    }
    const stored = open({ database })
    await stored.embed(['a'])
    await stored.idle()
    connections[0]?.close()
    await stored.embed(['a'])
    expect(stored.asked.batches).toEqual([['a']])
    expect(connections).toHaveLength(2)
    connections[1]?.close()
    await stored.forget(['a'])
    expect((await dump(database)).keys).toEqual([])
  })

  test('IndexedDB that throws at once, or is not there, is done without', async () => {
    const original = IDBFactory.prototype.open
    later(() => void (IDBFactory.prototype.open = original))
    IDBFactory.prototype.open = () => {
      throw new DOMException('not in this sandbox', 'SecurityError')
    }
    const stored = open({ database: freshName() })
    expect(await stored.embed(['a'])).toEqual(await HASH.embed(['a']))
    await stored.idle()
  })

  test('where there is no room the oldest vectors make some, and every call is answered', async () => {
    await smallDisk(500_000)
    const database = freshName()
    const clock = stoppedClock()
    const seeded = seededEmbedder(384, 'seeded/384')
    const stored = open({ database, now: clock.now }, recorded(seeded))
    const rounds = Array.from({ length: 8 }, (_, round) => texts(100, `round ${round}`))
    for (const wanted of rounds) {
      expect(await stored.embed(wanted)).toEqual(await seeded.embed(wanted))
      await stored.idle()
      clock.pass(60_000)
    }
    const { keys, state } = await dump(database)
    expect(keys.length).toBeGreaterThan(0)
    expect(keys.length).toBeLessThan(500)
    expect([undefined, { count: keys.length, clock: expect.any(Number) as number }]).toContainEqual(state)
    const next = open({ database }, recorded(seeded))
    expect(await next.embed(rounds.flat())).toEqual(await seeded.embed(rounds.flat()))
    expect(next.asked.batches.flat()).toHaveLength(800 - keys.length)
    expect(next.asked.batches.flat()).toEqual(expect.arrayContaining(texts(100, 'round 0')))
  })

  test('where others have taken all the room, it goes on without, and texts are forgotten all the same', async () => {
    await smallDisk(500_000)
    const database = freshName()
    const seeded = seededEmbedder(384, 'seeded/384')
    const clock = stoppedClock()
    const stored = open({ database, now: clock.now }, recorded(seeded))
    await stored.embed(['a', 'b'])
    await stored.idle()
    const others = freshName()
    await expect(fill(others)).rejects.toMatchObject({ name: 'QuotaExceededError' })
    expect(await stored.embed(texts(100))).toEqual(await seeded.embed(texts(100)))
    await stored.idle()
    await stored.forget(['a', 'b', ...texts(100)])
    expect((await dump(database)).keys).toEqual([])
    await deleteDB(others)
    const works = reached(stored)
    const worksLater = (): Promise<boolean> => {
      clock.pass(60_000)
      return works()
    }
    await expect.poll(worksLater, { timeout: 20_000 }).toBe(true)
  })

  test('a browser that clears everything in the middle fails no call, and leaves no promise behind', async () => {
    const disk = await smallDisk(10_000_000)
    const database = freshName()
    const clock = stoppedClock()
    const stored = open({ database, now: clock.now })
    await stored.embed(texts(300))
    const calls = Array.from({ length: 20 }, (_, i) => stored.embed([...texts(300), ...texts(100, `call ${i}`)]))
    const forgetting = stored.forget(['text 1']).catch((error: unknown) => error)
    const away = disk.takeAway()
    for (const [i, call] of calls.entries()) expect((await call).slice(300)).toEqual(await HASH.embed(texts(100, `call ${i}`)))
    expect([undefined, expect.objectContaining({ code: 'memory-blocked' })]).toContainEqual(await forgetting)
    await away
    await stored.idle()
    clock.pass(60_000)
    await expect.poll(reached(stored)).toBe(true)
  })

  test('after close every call rejects, and what was embedded is written', async () => {
    const database = freshName()
    const stored = open({ database })
    await stored.embed(['a'])
    stored.close?.()
    await expect(stored.embed(['a'])).rejects.toMatchObject({ code: 'embedder-failed' })
    await expect(stored.forget(['a'])).rejects.toMatchObject({ code: 'embedder-failed' })
    await stored.idle()
    expect((await dump(database)).keys).toHaveLength(1)
  })
})

describe('forgetting', () => {
  test('removes these texts for every embedder, and no others', async () => {
    const database = freshName()
    const one = open({ database })
    const other = open({ database }, recorded({ ...hashEmbedder({ dimensions: 64 }), id: 'hash/other' }))
    for (const stored of [one, other]) {
      await stored.embed(['a', 'b', 'c'])
      await stored.idle()
    }
    await one.forget(['a', 'c', 'never seen'])
    expect(await dump(database)).toMatchObject({ keys: { length: 2 }, state: { count: 2 } })
    await other.embed(['a', 'b', 'c'])
    expect(other.asked.batches).toEqual([
      ['a', 'b', 'c'],
      ['a', 'c'],
    ])
    await one.forget(null)
    expect((await dump(database)).keys).toEqual([])
  })

  test.each([[['a']], [null]])('reaches what is not written yet, and what is still being embedded (%j)', async (forgotten) => {
    const database = freshName()
    const stored = open({ database })
    await stored.embed(['a'])
    await stored.forget(forgotten)
    expect((await dump(database)).keys).toEqual([])
    const { release } = stored.asked.hold()
    const call = stored.embed(['a'])
    await expect.poll(() => stored.asked.batches.length).toBe(2)
    await stored.forget(forgotten)
    release()
    expect(await call).toEqual(await HASH.embed(['a']))
    await stored.idle()
    expect((await dump(database)).keys).toEqual([])
    await stored.embed(['a'])
    await stored.idle()
    expect((await dump(database)).keys).toHaveLength(1)
  })

  test.each([[['a']], [null]])('says so when it cannot, and is made up for when it can (%j)', async (forgotten) => {
    const database = freshName()
    const first = open({ database })
    await first.embed(['a'])
    first.close?.()
    await first.idle()
    const clock = stoppedClock()
    const original = IDBFactory.prototype.open
    const restore = (): void => void (IDBFactory.prototype.open = original)
    later(restore)
    IDBFactory.prototype.open = () => {
      throw new DOMException('later', 'UnknownError')
    }
    const stored = open({ database, now: clock.now })
    await expect(stored.forget(forgotten)).rejects.toMatchObject({ code: 'memory-blocked' })
    restore()
    clock.pass(60_000)
    await stored.embed(['b'])
    await stored.idle()
    const { keys } = await dump(database)
    expect(keys).toHaveLength(1)
    stored.asked.batches.length = 0
    await stored.embed(['b', 'a'])
    expect(stored.asked.batches).toEqual([['a']])
  })

  test('reaches the cache in RAM around it, with what it has under way, and texts that were cut', async () => {
    const database = freshName()
    const stored = open({ database })
    const cached = cachedEmbedder(stored, { maxCharacters: 16 })
    const long = 'x'.repeat(40)
    await cached.embed(['a', 'b', long])
    await cached.forget(['a', long])
    await stored.idle()
    expect((await dump(database)).keys).toHaveLength(1)
    const { release } = stored.asked.hold()
    const call = cached.embed(['a'])
    await expect.poll(() => stored.asked.batches.length).toBe(2)
    await cached.forget(null)
    release()
    await call
    await stored.idle()
    expect((await dump(database)).keys).toEqual([])
    await cached.embed(['a', 'b'])
    expect(stored.asked.batches).toEqual([['a', 'b', long.slice(0, 16)], ['a'], ['a', 'b']])
  })

  test('a database deleted while a text is being embedded does not get it', async () => {
    const database = freshName()
    const stored = open({ database })
    await stored.embed(['b'])
    await stored.idle()
    const { release } = stored.asked.hold()
    const call = stored.embed(['a'])
    await expect.poll(() => stored.asked.batches.length).toBe(2)
    await deleteEmbeddingCache({ database })
    release()
    await call
    await stored.idle()
    expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(database)
  })

  test('a deletion that another tab holds up says so', async () => {
    const database = freshName()
    await block(database)
    await expect(deleteEmbeddingCache({ database, patience: 100 })).rejects.toMatchObject({ code: 'memory-blocked' })
  })
})
