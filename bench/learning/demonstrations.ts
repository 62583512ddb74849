/**
 * What is stored before an agent is tested: successes of the trainer's expert, who in some episodes knew the rules, in some knew
 * them in part, in some found out; and the same made useless, contradictory or false, for the rows that need it.
 */
import type { TrajectoryInput } from '../../src/core/trajectory.ts'
import { createRandom, deriveSeed, type Random } from '../../src/embedded/random.ts'
import type { Conventions, Task } from '../../src/embedded/world/episode.ts'
import { drawTask, wordGoal, type Wording } from '../../src/embedded/world/goals.ts'
import { demonstrate } from '../../training/generator/expert.ts'
import { hearsay } from '../../training/generator/hearsay.ts'
import { permutation, reworded } from '../../training/generator/shuffled.ts'
import { drawWorld } from '../../src/embedded/world/draw-world.ts'
import { taskForEachKey } from './conventions.ts'
import type { Stored, WorldAt } from './rows.ts'

/** A stored success; the id says whether it can be trusted: `true-3`, `wrong-4`. */
export type Demonstrated = TrajectoryInput & { id: string; plan: string; outcome: string }

/** Oldest first. The same arguments give the same trajectories. */
export function storedIn(world: WorldAt, stored: Stored): Demonstrated[] {
  const random = createRandom(deriveSeed(world.seed, 'stored'))
  const now = drawWorld(world)
  const other = drawWorld({ ...world, change: world.change + 1 })
  const wording = world.wording === 'held-out' ? 'varied' : world.wording
  const from = (conventions: readonly Conventions[], name: string): Omit<Demonstrated, 'createdAt'>[] =>
    taskForEachKey(conventions, random).map((about, i) => tell(about, { id: `${name}-${i}`, other, wording, random }))
  if (stored.kind === 'nothing') return []
  if (stored.kind === 'sixty') return dated(sixty({ now, other, poisoned: stored.poisoned, wording, random }))
  switch (stored.rules) {
    case 'true':
      return dated(from(now, 'true'))
    case 'wrong':
      return dated(from(other, 'wrong'))
    case 'conflicting':
      return dated([...from(other, 'wrong'), ...from(now, 'true')])
    case 'shuffled': {
      const maps = now.map((conventions) => permutation(conventions, random))
      return dated(
        taskForEachKey(now, random).map((about, i) =>
          reworded(tell(about, { id: `wrong-${i}`, other, wording, random }), maps[now.indexOf(about.conventions)] ?? new Map()),
        ),
      )
    }
  }
}

interface Sixty {
  now: readonly Conventions[]
  other: readonly Conventions[]
  poisoned: number
  wording: Wording
  random: Random
}

/** Sixty episodes about goals drawn at random; the wrong ones take the places of good ones, which stay the same whatever the share. */
function sixty({ now, other, poisoned, wording, random }: Sixty): Omit<Demonstrated, 'createdAt'>[] {
  const wrong = new Set(
    random.sample(Array.from({ length: 60 }, (_, i) => i)).slice(0, poisoned === 0 ? 0 : Math.max(1, Math.round(60 * poisoned))),
  )
  return Array.from({ length: 60 }, (_, i) => {
    const own = createRandom(random.integer(2 ** 31))
    const family = own.integer(now.length)
    const [good, bad] = [now[family], other[family]]
    if (!good || !bad) throw new Error('A world without families cannot be demonstrated.')
    const task = drawTask(good, own)
    const name = wrong.has(i) ? 'wrong' : 'true'
    return tell({ task, conventions: wrong.has(i) ? bad : good }, { id: `${name}-${i}`, other, wording, random: own })
  })
}

interface Telling {
  id: string
  /** Rules that the expert may have believed by mistake. */
  other: readonly Conventions[]
  wording: Wording
  random: Random
}

function tell(
  { task, conventions }: { task: Task; conventions: Conventions },
  { id, other, wording, random }: Telling,
): Omit<Demonstrated, 'createdAt'> {
  const { grammar, links } = conventions
  const mistaken = other.find((one) => one.grammar.name === grammar.name) ?? conventions
  const shown = demonstrate(task, conventions, {
    goal: wordGoal(task, grammar, { wording, random }),
    random,
    knowledge: hearsay(task, { world: conventions, mistaken, random }),
    luck: 1 + random.integer(Math.min(4, links.length + 1)), // so that it succeeds within an agent's budget
    blunders: 0,
    budget: Infinity,
  })
  const steps = shown.steps.map(({ observation, reasoning, action }) => ({ observation, reasoning, action }))
  return { id, goal: shown.goal, plan: shown.plan, steps, outcome: shown.outcome, success: true, provenance: { model: 'expert' } }
}

/** A minute apart, before anything that an agent stores. */
function dated(demonstrations: readonly Omit<Demonstrated, 'createdAt'>[]): Demonstrated[] {
  return demonstrations.map((demonstration, i) => ({ ...demonstration, createdAt: new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString() }))
}
