/**
 * The two indexes of trajectories: over goals, and over goals and plans together.
 *
 * RAM of a trajectory with a goal and a plan of its own, at 384 numbers: 1.5 kB for the two vectors, about 0.8 kB for what is
 * known of it, and, where graphs answer, 4.6 kB for their own copies in float32 and 0.5 kB for their links. Graphs have room for
 * up to a twelfth more. A snapshot takes 1.9 kB.
 */
import type { KeysRow } from '../store/trajectory-store.ts'
import { createAdaptiveIndex, type AdaptiveIndex, type AdaptiveIndexOptions } from './adaptive-index.ts'
import { createKeyIndex, type Candidate, type KeyIndex, type Member, type Wanted } from './key-index.ts'
import { readMembers, writeMembers } from './members-snapshot.ts'
import { createVectorColumn, type VectorColumn } from './vector-column.ts'
import type { IndexState } from './vector-index.ts'

export interface TrajectoryIndex {
  /** Trajectories that can be retrieved. */
  readonly size: number
  has(id: string): boolean
  /** Whether the candidate is still what it was, and not removed or replaced meanwhile. */
  holds(candidate: Candidate): boolean
  ids(): string[]
  /** A row with vectors of the right length, of a trajectory that is not in it. */
  add(row: KeysRow): void
  /** An id that is not in it is ignored. */
  remove(id: string): void
  /** By the goal alone where no plan is given, else by the mean of both similarities: half the inner product of the joined vectors. */
  candidates(query: { goal: Float32Array; plan?: Float32Array | undefined }, options: Wanted): Candidate[]
  state(): IndexState
  /** Whether it holds so little that nobody wants a graph. */
  small(): boolean
  /** Starts no work in the background until `release`: what is being read in would be built into a graph one by one. */
  hold(): void
  release(): void
  /** Resolves when no graph is being built. */
  settled(): Promise<void>
  /** All that is in it at this moment, as named parts; `undefined` while there is no graph, whose rebuilding it would save. */
  snapshot(): Record<string, Uint8Array<ArrayBuffer>> | undefined
  /**
   * Takes in a snapshot, of which every byte must be known to be as it was written. `false`, and nothing taken in, where it is of
   * another format or other dimensions, or where the index is not empty. Once it resolves all is found; graphs are loaded by and by.
   */
  restore(parts: Readonly<Record<string, Uint8Array>>): Promise<boolean>
  /** Leaves it empty. */
  clear(): void
  dispose(): void
}

export interface TrajectoryIndexOptions extends Omit<AdaptiveIndexOptions, 'columns'> {
  /** Of the embedder. */
  dimensions: number
}

/** Empty. */
export function createTrajectoryIndex(options: TrajectoryIndexOptions): TrajectoryIndex {
  let contents = createContents(options)
  let held = false
  const replaceContents = (): void => {
    const before = contents.byPair.index.state()
    contents.dispose()
    contents = createContents(options)
    if (held) contents.hold()
    const now = contents.byPair.index.state()
    if (now.kind !== before.kind) options.onChange?.(now)
  }

  return {
    get size() {
      return contents.members.size
    },
    has: (id) => contents.members.has(id),
    holds: ({ member }) => contents.members.get(member.id) === member,
    ids: () => Array.from(contents.members.keys()),
    add({ id, createdAt, taskId, source, goalKey, planKey, vectors }) {
      if (!vectors) throw new Error(`the keys of ${id} have no vectors`)
      const { goals, plans } = contents
      const slots: Slots = [goals.acquire(goalKey, vectors, 0), plans.acquire(planKey, vectors, 1)]
      contents.enter({ id, createdAt: Date.parse(createdAt), taskId, source, slots })
    },
    remove: (id) => contents.remove(id),
    candidates: ({ goal, plan }, wanted) =>
      plan ? contents.byPair.keys.candidates([goal, plan], wanted) : contents.byGoal.keys.candidates([goal], wanted),
    state: () => contents.byPair.index.state(),
    small: () => contents.byPair.index.small(),
    hold() {
      held = true
      contents.hold()
    },
    release() {
      held = false
      contents.release()
    },
    settled: () => contents.settled(),
    snapshot: () => save(contents, options.dimensions),
    async restore(parts) {
      if (contents.members.size > 0) return false
      contents.hold()
      const restored = load(contents, parts, options.dimensions)
      if (!held) contents.release()
      return restored
    },
    clear: replaceContents,
    dispose: () => contents.dispose(),
  }
}

type Slots = readonly [goal: number, plan: number]

interface Entry extends Member {
  slots: Slots
}

interface Part {
  index: AdaptiveIndex
  keys: KeyIndex
}

interface Contents extends Pick<AdaptiveIndex, 'hold' | 'release' | 'settled' | 'dispose'> {
  members: Map<string, Entry>
  goals: VectorColumn
  plans: VectorColumn
  byGoal: Part
  byPair: Part
  /** An entry whose slots were acquired for it. */
  enter(entry: Entry, labels?: readonly [goal: number, pair: number]): void
  remove(id: string): void
}

function createContents({ dimensions, onChange, ...options }: TrajectoryIndexOptions): Contents {
  const [goals, plans] = [createVectorColumn(dimensions), createVectorColumn(dimensions)]
  const byGoal = createPart({ ...options, columns: [goals] })
  const byPair = createPart({ ...options, onChange, columns: [goals, plans] })
  const indexes = [byGoal.index, byPair.index]
  const members = new Map<string, Entry>()
  return {
    members,
    goals,
    plans,
    byGoal,
    byPair,
    enter(entry, labels) {
      members.set(entry.id, entry)
      byGoal.keys.add(entry, entry.slots.slice(0, 1), labels?.[0])
      byPair.keys.add(entry, entry.slots, labels?.[1])
    },
    remove(id) {
      const entry = members.get(id)
      if (!entry) return
      members.delete(id)
      byGoal.keys.remove(entry, entry.slots.slice(0, 1))
      byPair.keys.remove(entry, entry.slots)
      goals.release(entry.slots[0])
      plans.release(entry.slots[1])
    },
    hold: () => indexes.forEach((index) => index.hold()),
    release: () => indexes.forEach((index) => index.release()),
    settled: async () => void (await Promise.all(indexes.map((index) => index.settled()))),
    dispose: () => indexes.forEach((index) => index.dispose()),
  }
}

function createPart(options: AdaptiveIndexOptions): Part {
  const index = createAdaptiveIndex(options)
  return { index, keys: createKeyIndex(index, options.columns) }
}

function save(contents: Contents, dimensions: number): Record<string, Uint8Array<ArrayBuffer>> | undefined {
  const { members, goals, plans, byGoal, byPair } = contents
  const [goalGraph, pairGraph] = [byGoal.index.saveGraph(), byPair.index.saveGraph()]
  if (goalGraph === undefined || !pairGraph) return undefined
  const [savedGoals, savedPlans] = [goals.save(), plans.save()]
  const entries = Array.from(members.values(), (entry) => ({
    ...entry,
    places: [savedGoals.placeOf(entry.slots[0]), savedPlans.placeOf(entry.slots[1])] as const,
    labels: [byGoal.keys.labelOf(entry.slots.slice(0, 1)), byPair.keys.labelOf(entry.slots)] as const,
  }))
  const nextLabels = [byGoal.keys.nextLabel(), byPair.keys.nextLabel()] as const
  return {
    ...writeMembers({ goals: savedGoals, plans: savedPlans, entries, nextLabels }, dimensions),
    ...(goalGraph && { goalGraph }),
    pairGraph,
  }
}

/** Reads into empty contents; nothing where it returns `false`. */
function load(contents: Contents, parts: Readonly<Record<string, Uint8Array>>, dimensions: number): boolean {
  const saved = readMembers(parts, dimensions)
  if (!saved) return false
  const { goals, plans, byGoal, byPair } = contents
  byGoal.keys.startLabelsAt(saved.nextLabels[0])
  byPair.keys.startLabelsAt(saved.nextLabels[1])
  for (const { places, labels, ...member } of saved.entries) {
    const slots: Slots = [
      goals.acquire(saved.goals.names[places[0]] as string, saved.goals.vectors, places[0]),
      plans.acquire(saved.plans.names[places[1]] as string, saved.plans.vectors, places[1]),
    ]
    contents.enter({ ...member, slots }, labels)
  }
  const { goalGraph, pairGraph } = parts
  if (goalGraph) byGoal.index.restoreGraph(goalGraph)
  if (pairGraph) byPair.index.restoreGraph(pairGraph)
  return true
}
