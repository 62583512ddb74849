/** Goals that training has never tried, for a fair comparison: a rule may be known, the goal itself is not. */
import type { FamilyName, Random, TextWorld, WorldEpisode } from 'reprise/embedded'

export interface FreshGoals {
  /** All different, in random order; fewer than asked for where no more are left. */
  goals: string[]
  /** Families of this world in which training has tried every goal. */
  leftOut: FamilyName[]
}

export interface FreshOptions {
  trained: readonly string[]
  /** Goals of earlier rounds of the same comparison. */
  compared: readonly string[]
  seed: number
}

/** Enough to meet every goal: the rarest of the 147 comes once in 288 draws, so one is missed in a few of a million worlds. */
const DRAWS = 5_000

export function freshGoals(world: TextWorld, count: number, { trained, compared, seed }: FreshOptions): FreshGoals {
  const all = goalsOf(world, seed)
  const tried = new Set(trained)
  const untried = all.filter((goal) => !tried.has(goal))
  const families = new Set(untried.map((goal) => familyOf(world, goal)))
  const used = new Set(compared)
  return {
    goals: untried.filter((goal) => !used.has(goal)).slice(0, count),
    leftOut: world.families.filter((family) => !families.has(family)),
  }
}

/** Every goal there is, each once, in an order that the seed decides; families stand mixed. */
export function goalsOf(world: TextWorld, seed: number): string[] {
  return [...new Set(world.goals(DRAWS, { seed }))]
}

function familyOf(world: TextWorld, goal: string): WorldEpisode['family'] {
  return world.begin(goal, ANY_ORDER).family
}

/** Nothing is played here, so it does not matter in which order options would be said. */
const ANY_ORDER: Random = {
  next: () => 0,
  integer: () => 0,
  pick: (items) => items[0] as (typeof items)[number],
  sample: (items) => [...items],
}
