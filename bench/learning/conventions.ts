/**
 * The hidden rules of a world, which a world itself tells nobody: the expert that makes the stored episodes must know them. Drawn
 * as `createTextWorld` draws them; a test holds the two together.
 */
import { createRandom, deriveSeed, type Random } from '../../src/embedded/random.ts'
import { drawConventions, drawRules, isHeldOut, isHeldOutGrammar } from '../../src/embedded/world/conventions.ts'
import type { Conventions, Task } from '../../src/embedded/world/episode.ts'
import { FAMILIES, inventGrammar, type Grammar } from '../../src/embedded/world/families.ts'
import { drawTask, taskOf } from '../../src/embedded/world/goals.ts'
import type { WorldAt } from './rows.ts'

/** One entry a family, in the world's own order. */
export function conventionsOf(world: WorldAt): Conventions[] {
  const grammars = world.grammar === 'invented' ? [grammarOf(world)] : Object.values(FAMILIES).filter(({ name }) => isAmong(name, world))
  return grammars.map((grammar) => rulesOf(grammar, world))
}

/** Which of the conventions a goal is about. */
export function taskIn(conventions: readonly Conventions[], goal: string): { task: Task; conventions: Conventions } {
  for (const one of conventions) {
    const task = taskOf(goal, one)
    if (task) return { task, conventions: one }
  }
  throw new Error(`No world of this benchmark has the goal “${goal}”.`)
}

/** A task about each key, in random order. */
export function taskForEachKey(conventions: readonly Conventions[], random: Random): { task: Task; conventions: Conventions }[] {
  const all = conventions.flatMap((one) => one.keys.map((key) => ({ task: { ...drawTask(one, random), key }, conventions: one })))
  return random.sample(all)
}

function isAmong(name: Grammar['name'], { families }: WorldAt): boolean {
  return families.some((family) => family === name)
}

function grammarOf({ seed, heldOut }: WorldAt): Grammar {
  for (let attempt = 0; ; attempt++) {
    const grammar = inventGrammar(createRandom(deriveSeed(seed, 'grammar', attempt)))
    if (!heldOut || isHeldOutGrammar(grammar)) return grammar
  }
}

function rulesOf(grammar: Grammar, { seed, change, keys, first, second, steps, words, heldOut }: WorldAt): Conventions {
  const sizes = { keys, first, later: second, rules: steps - 1, words, use: heldOut ? 'evaluate' : 'all' } as const
  const drawn = drawConventions(grammar, sizes, createRandom(deriveSeed(seed, 'rules', grammar.name)))
  for (let attempt = 0; ; attempt++) {
    const conventions = drawRules(drawn, createRandom(deriveSeed(seed, 'change', change, attempt, grammar.name)))
    if (!heldOut || isHeldOut(conventions)) return conventions
  }
}
