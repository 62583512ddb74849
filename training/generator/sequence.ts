/** From a scenario to the text of one training sequence: examples, the current episode, and which words are to be learnt. */
import { segment } from '../../src/embedded/prompt-format.ts'
import type { Random } from '../../src/embedded/random.ts'
import type { Conventions, Task } from '../../src/embedded/world/episode.ts'
import { drawTask, wordGoal } from '../../src/embedded/world/goals.ts'
import { demonstrate, statementsOf, type Demonstration, type ShownStep } from './expert.ts'
import { hearsay } from './hearsay.ts'
import { createKnowledge, type Knowledge } from './knowledge.ts'
import { drawCast, type Cast, type Scenario } from './scenario.ts'

/** A part of the text. */
export interface Piece {
  text: string
  /** What the model would write here, or `given` for what it reads. */
  kind: 'given' | 'plan' | 'think' | 'do'
  /** How much its `matters` count in training, beside 1 for its other words; 0 where nothing of it is learnt. */
  weight: number
  /** The words that are not mere grammar. */
  matters: readonly string[]
  /** Of the episode to be solved, not of an example. */
  current: boolean
  /** Words that a rule of the context decides: the right answers of a probe. */
  values: readonly string[]
  /** Follows an action that made no sense. */
  repair: boolean
}

/** Longest text in words, with room for the rest of an episode. */
const LONGEST = 1_500

export function drawSequence(scenario: Scenario, random: Random): Piece[] {
  const cast = drawCast(scenario, random)
  const knowledge = createKnowledge()
  const current = (): Demonstration =>
    demonstrate(cast.task, cast.conventions, {
      goal: goalOf(cast.task, cast.conventions, scenario, random),
      random,
      knowledge,
      knewThen: random.next() < 0.2 ? hearsay(cast.task, { world: cast.conventions, mistaken: cast.before, random }) : undefined,
      luck: Infinity,
      blunders: scenario.blunders,
      budget: 2 * scenario.steps + (scenario.blunders > 0 ? 4 : 0),
    })
  const examples: Piece[][] = []
  for (const [i, task] of exampleTasks(cast, scenario, random).entries()) {
    const shown = drawExample({ task, cast, scenario, random, knowledge, trusted: isTrusted(i, scenario, random) })
    examples.push(shown)
    if (wordsIn(examples.flat()) > LONGEST - 40 * scenario.steps) {
      // There was no room for it, so nothing of it may be known: start over with fewer.
      return drawSequence({ ...scenario, examples: i }, random)
    }
  }
  return [...examples.flat(), ...render(current(), { from: 0, to: Infinity, trained: true, current: true })]
}

function goalOf(task: Task, { grammar }: Conventions, { varied, use, words }: Scenario, random: Random): string {
  if (varied && use === 'train' && words === 'role' && random.next() < 0.3) return looseGoal(task, random)
  return wordGoal(task, grammar, { wording: varied ? (use === 'evaluate' ? 'held-out' : 'varied') : 'plain', random })
}

/**
 * Key and object among any small words, those of the held-out wordings too, in random order: the key can be told
 * by what it means alone.
 */
function looseGoal({ key, object }: Task, random: Random): string {
  const small = random.sample(SMALL_WORDS, 2 + random.integer(5))
  const places = random
    .sample(
      Array.from(small, (_, i) => i),
      2,
    )
    .toSorted((a, b) => a - b)
  const nouns = object === '' ? [key] : random.sample([key, object])
  return small.map((word, i) => [...(nouns[places.indexOf(i)] ?? '').split(' '), word].filter(Boolean).join(' ')).join(' ')
}

const SMALL_WORDS =
  'the a it is to in for this has of about from where should go away please find now there with take care make put time have come came from here request handle lunch answer store'.split(
    ' ',
  )

/** What the examples are about: mostly one of the same key is among them, as with a retriever that does its work. */
function exampleTasks({ task, conventions }: Cast, { examples }: Scenario, random: Random): Task[] {
  const sameKey = (): Task => ({ ...drawTask(conventions, random), key: task.key })
  const tasks = Array.from({ length: examples }, () => (random.next() < 0.18 ? sameKey() : drawTask(conventions, random)))
  if (examples === 0 || tasks.some(({ key }) => key === task.key) || random.next() > 0.78) return tasks
  const place = random.next() < 0.35 ? examples - 1 : random.integer(examples)
  return tasks.with(place, sameKey())
}

function isTrusted(i: number, { trust, examples }: Scenario, random: Random): boolean {
  if (trust === 'same') return true
  if (trust === 'foreign') return false
  return trust === 'changed' ? i >= examples / 2 : random.next() < 0.6
}

interface ExampleSetup {
  task: Task
  cast: Cast
  scenario: Scenario
  random: Random
  knowledge: Knowledge
  trusted: boolean
}

function drawExample({ task, cast, scenario, random, knowledge, trusted }: ExampleSetup): Piece[] {
  const world = worldOf({ cast, scenario, random, trusted })
  const drawn = drawTask(world, random)
  const about = world === cast.conventions ? task : { ...drawn, key: world.keys.includes(task.key) ? task.key : drawn.key }
  const whole = scenario.window === Infinity
  // Some examples act on what stands before them and can be learnt from; the others show episodes as a memory would hold them.
  const learnt = whole && random.next() < 0.6
  const demonstration = demonstrate(about, world, {
    goal: goalOf(about, world, scenario, random),
    random,
    knowledge: learnt ? knowledge : hearsay(about, { world, mistaken: cast.before, random }),
    luck: learnt ? Infinity : 1 + random.integer(4),
    blunders: random.next() < 0.5 ? scenario.blunders / 2 : 0,
    budget: 200, // far more than it needs
  })
  if (!demonstration.success) throw new Error(`An example never came to its end: ${demonstration.goal}`)
  const { from, to } = windowOf(demonstration, scenario.window, random)
  knowledge.add(statementsOf(demonstration, from, to))
  return render(demonstration, { from, to, trained: learnt, current: false })
}

function worldOf({ cast, scenario, random, trusted }: Pick<ExampleSetup, 'cast' | 'scenario' | 'random' | 'trusted'>): Conventions {
  if (random.next() < 0.1) return cast.beside
  if (trusted) return cast.conventions
  return scenario.trust === 'changed' || random.next() < 0.6 ? cast.before : cast.elsewhere
}

function windowOf({ steps }: Demonstration, window: number, random: Random): { from: number; to: number } {
  if (window === Infinity) return { from: 0, to: steps.length }
  const best = random.integer(steps.length)
  let to = Math.min(steps.length, best + window + 1)
  // What comes of a blunder has to be seen, or its thought would look like knowledge.
  while (to < steps.length && to > 1 && steps[to - 1]?.blunder) to--
  return { from: Math.max(0, Math.min(best - window, to - 1)), to }
}

interface RenderSetup {
  from: number
  to: number
  trained: boolean
  current: boolean
}

function render({ goal, plan, planned, foreignPlan, steps, outcome }: Demonstration, { from, to, trained, current }: RenderSetup): Piece[] {
  const given = (text: string): Piece => ({ text, kind: 'given', weight: 0, matters: [], current, values: [], repair: false })
  const learn = (kind: 'plan' | 'think' | 'do', value: string, extra: Partial<Piece>): Piece[] => {
    const [marker = '', ...rest] = segment(kind, value).split(' ')
    return [given(marker), { ...given(rest.join(' ')), kind, ...extra, weight: trained ? (extra.weight ?? 1) : 0 }]
  }
  const showsEnd = to >= steps.length
  return [
    given(segment('goal', goal)),
    ...learn('plan', plan, {
      weight: foreignPlan ? 0 : 9,
      values: foreignPlan ? [] : planned.map(({ b }) => b),
      matters: planned.map(({ b }) => b),
    }),
    ...steps.slice(from, to).flatMap((step) => renderStep(step, { given, learn })),
    ...(showsEnd ? [given(segment('see', outcome))] : []),
  ]
}

interface Writers {
  given(text: string): Piece
  learn(kind: 'plan' | 'think' | 'do', value: string, extra: Partial<Piece>): Piece[]
}

function renderStep({ observation, reasoning, action, thought, blunder, repair }: ShownStep, { given, learn }: Writers): Piece[] {
  const values = thought ? [thought.b] : []
  const option = reasoning.split(' ').at(-1) ?? ''
  return [
    given(segment('see', observation)),
    ...learn('think', reasoning, { weight: blunder ? 0 : thought ? 6 : 3, values, matters: [option], repair }),
    ...learn('do', action, { weight: blunder ? 0 : 2, values, matters: values, repair }),
  ]
}

function wordsIn(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { text }) => sum + text.split(' ').length, 0)
}
