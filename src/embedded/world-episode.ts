/** The hidden rules of one text world, and one attempt at one goal under them. No clock, no input or output. */
import type { Random } from './random.ts'
import { FAMILIES, type Family, type FamilyName } from './world-families.ts'

/** What one family hides in one world: which options there are, and which of them are right. */
export interface Conventions {
  keys: readonly string[]
  /** Options for the first value. */
  firsts: readonly string[]
  /** Options for the second value. */
  seconds: readonly string[]
  firstOf: ReadonlyMap<string, string>
  secondOf: ReadonlyMap<string, string>
}

export type Rules = ReadonlyMap<FamilyName, Conventions>

/** A goal taken apart. `object` is empty in families without one. */
export interface Task {
  family: FamilyName
  key: string
  object: string
}

/** One attempt at one goal. */
export interface WorldEpisode {
  readonly task: Task
  /** What is seen first: the options for the first value. */
  readonly opening: string
  /** Right actions done so far: 0 and 1 choose among `options`, 2 finishes, 3 is done. */
  stage(): 0 | 1 | 2 | 3
  /** What may be chosen at this stage, in the order in which it was said; empty at stages 2 and 3. */
  options(): readonly string[]
  /** The action that chooses `option` now; at stage 2 the only one there is. */
  actionFor(option: string): string
  /** The sentence that the world says when `option` is right, e.g. `winter belongs in tray`. */
  ruleFor(option: string): string
  /** Does it, and says what is seen then: `nothing happens` for what is no action now. */
  act(action: string): string
}

export interface Sizes {
  keys: number
  first: number
  second: number
}

/** Draws the conventions of a family. Several keys may share a first value, and several first values a second. */
export function drawConventions(family: Family, sizes: Sizes, random: Random): Conventions {
  const keys = random.sample(family.keys, sizes.keys)
  const firsts = random.sample(family.firsts, sizes.first)
  const seconds = random.sample(family.seconds, sizes.second)
  const firstOf = new Map(keys.map((key) => [key, random.pick(firsts)]))
  return { keys, firsts, seconds, firstOf, secondOf: new Map(firsts.map((first) => [first, random.pick(seconds)])) }
}

/** The task that a goal's words name, or `undefined` where they name none of this world. */
export function taskOf(goal: string, rules: Rules): Task | undefined {
  for (const [name, { keys }] of rules) {
    const family = FAMILIES[name]
    const [, key, object = ''] = family.goalPattern.exec(plain(goal)) ?? []
    if (key !== undefined && keys.includes(key) && (object === '' || family.objects.includes(object))) return { family: name, key, object }
  }
  return undefined
}

/** Starts over for a task. The options are said in an order of their own each time. */
export function startEpisode(task: Task, conventions: Conventions, random: Random): WorldEpisode {
  const family = FAMILIES[task.family]
  const { key, object } = task
  const options = [random.sample(conventions.firsts), random.sample(conventions.seconds), []] as const
  const { first, second } = solution(task, conventions)
  let stage: 0 | 1 | 2 | 3 = 0

  const optionsNow = (): readonly string[] => options[stage as 0] ?? []
  const actionFor = (option: string): string => {
    if (stage === 0) return family.chooseFirst(option)
    return stage === 1 ? family.chooseSecond(first, option) : family.finish({ key, object, first })
  }
  const ruleFor = (option: string): string => (stage === 0 ? family.firstRule(key, option) : family.secondRule(first, option))

  const choose = (option: string): string => {
    if (stage === 0) {
      if (option !== first) return family.notFirst(key, option)
      stage = 1
      return family.middle(family.firstRule(key, first), options[1].join(' '))
    }
    if (option !== second) return family.notSecond(first, option)
    stage = 2
    return family.secondRule(first, second)
  }

  const act = (action: string): string => {
    const said = plain(action)
    const option = optionsNow().find((candidate) => actionFor(candidate) === said)
    if (option !== undefined) return choose(option)
    if (stage !== 2 || said !== actionFor('')) return 'nothing happens'
    stage = 3
    return 'done'
  }

  return {
    task,
    opening: family.opening(key, object, options[0].join(' ')),
    stage: () => stage,
    options: optionsNow,
    actionFor,
    ruleFor,
    act,
  }
}

/** The right values for a task. */
export function solution(task: Task, conventions: Conventions): { first: string; second: string } {
  const first = conventions.firstOf.get(task.key) ?? ''
  return { first, second: conventions.secondOf.get(first) ?? '' }
}

function plain(text: string): string {
  return text.trim().toLowerCase().replaceAll(/\s+/g, ' ')
}
