/** What is done in a round: first what must be there, then what is interrupted. */
import type { Trajectory } from '../../src/core/trajectory.ts'
import { makeEpisode, makeTrajectory, type Draw } from './make.ts'
import type { Action, IndexKind, Step } from './page-api.ts'

export const OPERATIONS = ['add', 'record', 'delete', 'import', 'accept', 'fork', 'snapshot', 'migrate'] as const
export type Operation = (typeof OPERATIONS)[number]

export interface Plan {
  /** The store is made as version 1 had it, with these. */
  version1?: { trajectories: Trajectory[]; sameEmbedder: boolean }
  index: IndexKind
  /** Done before, and not interrupted. */
  before: Action[]
  steps: Step[]
  /** Done at a time. */
  lanes: number
}

export interface Planning {
  name: string
  /** Ids of what is stored. */
  stored: readonly string[]
  draw: Draw
  newId(): string
}

/** Trajectories that there are at least, before something is interrupted. A small index is saved often. */
const ENOUGH = 80
const ENOUGH_TO_SAVE = 10

export function planOf(operation: Operation, planning: Planning): Plan {
  const { draw, newId, stored } = planning
  const make = (fields?: Partial<Trajectory>): Trajectory => makeTrajectory(newId(), draw, fields)
  const many = (count: number): Trajectory[] => Array.from({ length: count }, () => make())
  const plan: Plan = { index: draw.one(['auto', 'exact', 'hnsw']), before: [], steps: [], lanes: draw.between(1, 4) }
  const enough = operation === 'snapshot' ? ENOUGH_TO_SAVE : ENOUGH
  const filling = stored.length < enough ? many(enough) : []
  if (filling.length > 0) plan.before.push({ kind: 'import', trajectories: filling, accept: true })
  const there = [...stored, ...filling.map(({ id }) => id)]
  const add = (): Action => ({ kind: 'add', trajectory: make(draw.chance(0.1) ? { supersedes: draw.one(there) } : {}) })

  switch (operation) {
    case 'add':
      return { ...plan, steps: Array.from({ length: 40 }, add) }
    case 'record':
      return { ...plan, steps: Array.from({ length: 40 }, () => recordOrFeedback(there, planning)) }
    case 'delete':
      return { ...plan, steps: draw.some(there, 40).map((id) => ({ kind: 'delete', id })) }
    case 'import':
      return { ...plan, steps: [{ kind: 'import', trajectories: many(160).map(long), accept: draw.chance(0.5) }] }
    case 'accept': {
      const quarantined = many(80)
      const before: Action[] = [...plan.before, { kind: 'import', trajectories: quarantined, accept: false }]
      return { ...plan, before, steps: chunks(quarantined, 8).map((some) => ({ kind: 'accept', ids: some.map(({ id }) => id) })) }
    }
    case 'fork':
      return { ...plan, steps: [{ kind: 'fork', name: `${planning.name}-fork-${newId()}` }] }
    case 'snapshot': {
      const going = draw.some(there, 8).map((id): Action => ({ kind: 'delete', id }))
      return { ...plan, index: 'hnsw', steps: [...Array.from({ length: 60 }, add), ...going].toSorted(() => draw.between(0, 1) - 0.5) }
    }
    case 'migrate': {
      const open: Step = { kind: 'open', name: `${planning.name}-old-${newId()}`, index: plan.index }
      return { ...plan, version1: { trajectories: many(200), sameEmbedder: draw.chance(0.5) }, before: [], steps: [open] }
    }
  }
}

/** So that a file of them is handed over in many pieces. */
function long(trajectory: Trajectory): Trajectory {
  return { ...trajectory, outcome: trajectory.outcome.padEnd(8_000, '.') }
}

function recordOrFeedback(there: readonly string[], { draw, newId }: Planning): Action {
  const id = newId()
  if (draw.chance(0.75)) return { kind: 'record', episode: makeEpisode(id, there.slice(0, 12), draw) }
  return { kind: 'feedback', id: draw.one(there), signal: { value: draw.one([-1, -0.5, 0.5]), source: 'user', note: id } }
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
}
