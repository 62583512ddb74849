/** What an index knows of its members as bytes: texts as JSON, numbers in columns, vectors in 16 bits a number. */
import * as z from 'zod/mini'
import { isPacked, type PackedVectors } from '../../util/packed-vectors.ts'
import { joinBytes } from './join-bytes.ts'
import type { Member } from './key-index.ts'
import type { SavedColumn } from './vector-column.ts'

export interface SavedMembers {
  goals: SavedColumn
  plans: SavedColumn
  entries: SavedEntry[]
  /** Labels from here on were never used. */
  nextLabels: readonly [goal: number, pair: number]
}

export interface SavedEntry extends Member {
  /** Of its goal and its plan among the saved ones. */
  places: readonly [goal: number, plan: number]
  /** Of its keys in the two indexes. */
  labels: readonly [goal: number, pair: number]
}

/** Raised with every change of what the bytes mean. */
const VERSION = 2
const label = z.int().check(z.gte(0))
const names = z.object({
  version: z.literal(VERSION),
  dimensions: z.int(),
  ids: z.array(z.string()),
  tasks: z.array(z.string()),
  sources: z.array(z.string()),
  goals: z.array(z.string()),
  plans: z.array(z.string()),
  nextLabels: z.tuple([label, label]),
})
type Names = z.output<typeof names>
/** Of a member in the columns: its date and six whole numbers. */
const BYTES = 32

/** As the parts `names`, `columns` and `vectors` of a snapshot. */
export function writeMembers(
  { goals, plans, entries, nextLabels }: SavedMembers,
  dimensions: number,
): Record<'names' | 'columns' | 'vectors', Uint8Array<ArrayBuffer>> {
  const tasks = namesOf(entries, ({ taskId }) => taskId)
  const sources = namesOf(entries, ({ source }) => source)
  const texts: Names = {
    version: VERSION,
    dimensions,
    ids: entries.map(({ id }) => id),
    tasks: tasks.names,
    sources: sources.names,
    goals: goals.names,
    plans: plans.names,
    nextLabels: [...nextLabels],
  }
  const numbers = (of: (entry: SavedEntry) => number): Int32Array => Int32Array.from(entries, of)
  const columns = [
    Float64Array.from(entries, ({ createdAt }) => createdAt),
    numbers(({ taskId }) => tasks.placeOf(taskId)),
    numbers(({ source }) => sources.placeOf(source)),
    numbers(({ places }) => places[0]),
    numbers(({ places }) => places[1]),
    numbers(({ labels }) => labels[0]),
    numbers(({ labels }) => labels[1]),
  ]
  return {
    names: new TextEncoder().encode(JSON.stringify(texts)),
    columns: joinBytes(columns.map(bytesOf)),
    vectors: joinBytes([goals, plans].flatMap(({ vectors }) => [bytesOf(vectors.scales), bytesOf(vectors.values)])),
  }
}

/** `undefined` where these are no members of an index of so many `dimensions`. */
export function readMembers(parts: Readonly<Record<string, Uint8Array>>, dimensions: number): SavedMembers | undefined {
  const texts = readNames(parts['names'])
  const { columns, vectors } = parts
  if (!texts || !columns || !vectors || texts.dimensions !== dimensions) return undefined
  const [goals, plans] = [texts.goals.length, texts.plans.length]
  if (columns.length !== texts.ids.length * BYTES || vectors.length !== (goals + plans) * (4 + 2 * dimensions)) return undefined
  const packed = readVectors(vectors, [goals, plans], dimensions)
  const entries = readEntries(columns, texts)
  const sound = packed.every((part) => isPacked(part, dimensions)) && areSound(entries, texts)
  const [goalVectors, planVectors] = packed
  if (!sound || !goalVectors || !planVectors) return undefined
  return {
    goals: { names: texts.goals, vectors: goalVectors },
    plans: { names: texts.plans, vectors: planVectors },
    entries,
    nextLabels: texts.nextLabels,
  }
}

/** Names that members share, each once; −1 stands for none. */
function namesOf(
  entries: readonly SavedEntry[],
  nameOf: (entry: SavedEntry) => string | undefined,
): { names: string[]; placeOf(name: string | undefined): number } {
  const names = Array.from(new Set(entries.flatMap((entry) => nameOf(entry) ?? [])))
  const places = new Map(names.map((name, place) => [name, place]))
  return { names, placeOf: (name) => (name === undefined ? -1 : (places.get(name) as number)) }
}

function readNames(bytes: Uint8Array | undefined): Names | undefined {
  try {
    return z.safeParse(names, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))).data
  } catch {
    return undefined
  }
}

function readVectors(bytes: Uint8Array, counts: readonly number[], dimensions: number): PackedVectors[] {
  let at = 0
  const take = (length: number): ArrayBuffer => bytes.slice(at, (at += length)).buffer
  return counts.map((count) => ({ scales: new Float32Array(take(4 * count)), values: new Int16Array(take(2 * count * dimensions)) }))
}

function readEntries(bytes: Uint8Array, { ids, tasks, sources }: Names): SavedEntry[] {
  const { buffer } = bytes.slice()
  const count = ids.length
  const dates = new Float64Array(buffer, 0, count)
  const column = (place: number): Int32Array => new Int32Array(buffer, count * (8 + 4 * place), count)
  const [task, source, goals] = [column(0), column(1), column(2)]
  const [plans, goalLabels, pairLabels] = [column(3), column(4), column(5)]
  return ids.map((id, i) => ({
    id,
    createdAt: dates[i] as number,
    taskId: tasks[task[i] as number],
    source: sources[source[i] as number],
    places: [goals[i] as number, plans[i] as number],
    labels: [goalLabels[i] as number, pairLabels[i] as number],
  }))
}

/** Whether all places exist and each label stands for one key. */
function areSound(entries: readonly SavedEntry[], { ids, goals, plans, nextLabels }: Names): boolean {
  const keys = [new Map<number, number>(), new Map<number, number>()]
  return (
    new Set(ids).size === ids.length &&
    entries.every(({ createdAt, places, labels }) => {
      const [goal, plan] = places
      if (!Number.isFinite(createdAt) || !(goal >= 0 && goal < goals.length && plan >= 0 && plan < plans.length)) return false
      return [goal, goal * plans.length + plan].every((key, i) => {
        const own = labels[i] as number
        const known = keys[i]?.get(own)
        keys[i]?.set(own, key)
        return own >= 0 && own < (nextLabels[i] as number) && (known === undefined || known === key)
      })
    })
  )
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
