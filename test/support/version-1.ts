/** Databases as version 1 of the layout had them, written without this library. */
import type { Trajectory } from '../../src/core/trajectory.ts'
import { randomUnitVector, seededRandom } from './random.ts'

export type TablesOf1 = Partial<Record<(typeof TABLES)[number], unknown[]>>

const TABLES = ['trajectories', 'keys', 'stepVectors', 'ledger', 'episodes', 'meta'] as const

/** Makes the database and leaves its connection open. */
export function openVersion1(name: string, tables: TablesOf1 = {}): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`reprise/${name}`, 1)
    request.onupgradeneeded = () => {
      for (const table of TABLES) {
        const store = request.result.createObjectStore(table, { keyPath: 'id' })
        if (table === 'trajectories') store.createIndex('seq', 'seq', { unique: true })
        for (const row of tables[table] ?? []) store.put(row)
      }
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('not opened'))
  })
}

/** Everything in a database of whatever version, with that version. */
export async function dumpDatabase(name: string): Promise<{ version: number; tables: Record<string, unknown[]> }> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(`reprise/${name}`)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('not opened'))
  })
  const names = Array.from(db.objectStoreNames)
  const transaction = db.transaction(names)
  const rows = names.map(
    (table) =>
      new Promise<[string, unknown[]]>((resolve) => {
        const request = transaction.objectStore(table).getAll()
        request.onsuccess = () => resolve([table, request.result])
      }),
  )
  const tables = Object.fromEntries(await Promise.all(rows))
  db.close()
  return { version: db.version, tables }
}

export const DIMENSIONS = 8

/** The rows that version 1 had of a trajectory that can be retrieved. */
export function rowsOf1(trajectory: Trajectory, seq: number): Required<Pick<TablesOf1, 'trajectories' | 'keys' | 'stepVectors'>> {
  const { id, goal, plan, createdAt, taskId, steps } = trajectory
  const random = seededRandom(seq)
  const vectors = (count: number): Float32Array => {
    const all = new Float32Array(count * DIMENSIONS)
    for (let i = 0; i < count; i++) all.set(randomUnitVector(random, DIMENSIONS), i * DIMENSIONS)
    return all
  }
  const keys = { id, active: true, goalText: goal, planText: plan, goal: vectors(1), plan: vectors(1), createdAt }
  return {
    trajectories: [{ id, seq, status: 'active', trajectory }],
    keys: [{ ...keys, ...(taskId !== undefined && { taskId }) }],
    stepVectors: [{ id, observations: vectors(steps.length), reasonings: vectors(steps.length) }],
  }
}
