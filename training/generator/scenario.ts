/** Draws what one training sequence is about: a world, its sizes, and how far the examples can be trusted. */
import type { Random } from '../../src/embedded/random.ts'
import { drawConventions, drawRules, isHeldOut, isHeldOutGrammar, type WordChoice } from '../../src/embedded/world/conventions.ts'
import type { Conventions, Task } from '../../src/embedded/world/episode.ts'
import { FAMILIES, inventGrammar, type FamilyName, type Grammar } from '../../src/embedded/world/families.ts'
import { drawTask } from '../../src/embedded/world/goals.ts'

/**
 * Whose rules the examples follow. `same`: the current world's; `changed`: the first of them follow rules that have changed
 * since; `foreign`: none can be trusted; `mixed`: each may be foreign.
 */
export type Trust = 'same' | 'changed' | 'foreign' | 'mixed'

export interface Scenario {
  /** `evaluate` for probes: rules, words and grammars that are never trained on. */
  use: 'train' | 'evaluate'
  grammar: 'families' | 'invented'
  words: WordChoice
  /** Right actions of a goal, 3 to 12. */
  steps: number
  examples: number
  /** Steps shown on either side of one step of an example; Infinity shows the whole. */
  window: number
  trust: Trust
  /** Whether goals are worded in several ways. */
  varied: boolean
  blunders: number
}

/** Weighted choice. */
export function weighted<T>(random: Random, choices: readonly (readonly [T, number])[]): T {
  let left = random.next() * choices.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [choice, weight] of choices) {
    left -= weight
    if (left < 0) return choice
  }
  return (choices.at(-1) as readonly [T, number])[0]
}

/** What is learnt first: one or two whole, true examples of three steps. Looking a rule up is all there is to it. */
export function drawEasyScenario(random: Random): Scenario {
  const easy = { steps: 3, examples: 1 + random.integer(2), window: Infinity, trust: 'same', varied: false, blunders: 0 } as const
  return { ...drawScenario(random), ...easy }
}

/** What needs most practice: which of several rules belongs to the key at hand. Everything is whole, true and short. */
export function drawBindingScenario(random: Random): Scenario {
  const binding = { grammar: 'families', steps: 3, examples: 2 + random.integer(3), window: Infinity, trust: 'same', blunders: 0 } as const
  return { ...drawScenario(random), ...binding }
}

/** The mixture that the model is trained on. */
export function drawScenario(random: Random): Scenario {
  const grammar = weighted(random, [
    ['families', 72],
    ['invented', 28],
  ] as const)
  const steps = weighted(random, [
    [3, 55],
    [4, 9],
    [5, 9],
    [6, 12],
    [7, 4],
    [8, 4],
    [9 + random.integer(4), 7],
  ])
  const examples = weighted(random, [
    [0, 22],
    [1, 14],
    [2, 14],
    [3, 24],
    [4, 12],
    [5, 7],
    [6, 7],
  ])
  return {
    use: 'train',
    grammar,
    words: weighted(random, [['role', grammar === 'families' ? 34 : 0] as const, ['any', 43], ['unknown', 23]]),
    steps,
    examples,
    window: weighted(random, [
      [Infinity, 55],
      [5, 20],
      [1, 15],
      [2, 10],
    ]),
    trust: weighted(random, [['same', 68] as const, ['changed', 14], ['foreign', 10], ['mixed', 8]]),
    varied: random.next() < 0.5,
    blunders: weighted(random, [
      [0, 70],
      [0.15, 20],
      [0.35, 10],
    ]),
  }
}

export interface Cast {
  conventions: Conventions
  task: Task
  /** Rules that hold no longer: the same words, other rules. */
  before: Conventions
  /** Rules and words of another world in the same grammar; it may know the current key. */
  elsewhere: Conventions
  /** Another kind of task of the same world; it may know the current key in a role of its own. */
  beside: Conventions
}

/** Draws the world of a scenario, its goal, and the worlds that could mislead. */
export function drawCast(scenario: Scenario, random: Random): Cast {
  const grammar = drawGrammar(scenario, random)
  const conventions = drawFor(grammar, scenario, random)
  const task = drawTask(conventions, random)
  const elsewhere = drawFor(grammar, scenario, random)
  const before = drawOwn(scenario, () => drawRules(conventions, random))
  const knowing = withKey(elsewhere, task.key)
  return {
    conventions,
    task,
    before,
    elsewhere: random.next() < 0.5 && isOwn(scenario, knowing) ? knowing : elsewhere,
    beside: drawBeside(grammar, task, { scenario, random }),
  }
}

function drawBeside(grammar: Grammar, { key }: Task, { scenario, random }: { scenario: Scenario; random: Random }): Conventions {
  const other = FAMILIES[random.pick((['store', 'desk', 'meal'] as const).filter((name) => name !== grammar.name))]
  const conventions = drawFor(grammar.name === 'invented' ? drawGrammar(scenario, random) : other, scenario, random)
  const knowing = withKey(conventions, key)
  return scenario.words !== 'role' && random.next() < 0.5 && isOwn(scenario, knowing) ? knowing : conventions
}

/** Draws until the rules are of the scenario's own side: those that mislead are read and learnt from, too. */
function drawOwn(scenario: Scenario, draw: () => Conventions): Conventions {
  for (;;) {
    const conventions = draw()
    if (isOwn(scenario, conventions)) return conventions
  }
}

function isOwn({ use }: Scenario, conventions: Conventions): boolean {
  return isHeldOut(conventions) === (use === 'evaluate')
}

function drawGrammar({ grammar, use }: Scenario, random: Random): Grammar {
  if (grammar === 'families') return FAMILIES[random.pick<FamilyName>(['store', 'desk', 'meal'])]
  for (;;) {
    const invented = inventGrammar(random)
    if (isHeldOutGrammar(invented) === (use === 'evaluate')) return invented
  }
}

function drawFor(grammar: Grammar, scenario: Scenario, random: Random): Conventions {
  const { steps, words, use } = scenario
  const long = steps > 6
  const setup = {
    keys: 3 + random.integer(6),
    rules: steps - 1,
    first: long ? 3 + random.integer(4) : 4 + random.integer(5),
    later: long ? 3 + random.integer(3) : 3 + random.integer(5),
    words,
    use,
  }
  return drawOwn(scenario, () => drawConventions(grammar, setup, random))
}

function withKey(conventions: Conventions, key: string): Conventions {
  if (conventions.links.some(({ options }) => options.includes(key)) || conventions.objects.includes(key)) return conventions
  const [replaced = '', ...others] = conventions.keys.filter((other) => other !== key)
  const [first, ...later] = conventions.links
  if (!first || conventions.keys.includes(key)) return conventions
  const right = new Map([...first.right].map(([a, b]) => [a === replaced ? key : a, b]))
  return { ...conventions, keys: [key, ...others], links: [{ ...first, right }, ...later] }
}
