/** The hidden rules of one kind of task in one world, and one attempt at one goal under them. No clock, no input or output. */
import type { Random } from '../random.ts'
import { fill, type Grammar } from './families.ts'

/** What is hidden for one grammar in one world: which options there are at each link of the chain, and which are right. */
export interface Conventions {
  grammar: Grammar
  keys: readonly string[]
  objects: readonly string[]
  /** One entry for each rule of the chain. */
  links: readonly {
    options: readonly string[]
    /** From every key, or from every option of the link before, to the right option. */
    right: ReadonlyMap<string, string>
  }[]
}

/** A goal taken apart. `object` is empty in families without one. */
export interface Task {
  key: string
  object: string
}

/** One attempt at one goal. */
export interface WorldEpisode {
  readonly task: Task
  /** Which kind of task it is. */
  readonly family: Grammar['name']
  /** What is seen first: the options for the first value. */
  readonly opening: string
  /** Right actions that solve the goal: the rules of the chain and the finish. */
  readonly length: number
  /** Right actions done so far; `length` when the goal is reached. */
  stage(): number
  done(): boolean
  /** What may be chosen now, in the order in which it was said; empty where the finish is due. */
  options(): readonly string[]
  /** The action that chooses `option` now; where the finish is due the only one there is. */
  actionFor(option: string): string
  /** The sentence that the world says when `option` is right, e.g. `winter belongs in tray`. */
  ruleFor(option: string): string
  /** Does it, and says what is seen then: `nothing happens`, and the form of the action that is due, for what is no action now. */
  act(action: string): string
}

/** What is answered to an action that makes no sense; the form of one that does follows. */
export const NOTHING = 'nothing happens'

/** Starts over for a task. The options are said in an order of their own each time. */
export function startEpisode(task: Task, { grammar, links }: Conventions, random: Random): WorldEpisode {
  const chain = solution(task.key, links)
  const slots = { ...task, first: chain[0] ?? '' }
  const options = links.map((link) => random.sample(link.options))
  let stage = 0

  const say = (template: string, b = ''): string => fill(template, { ...slots, a: stage === 0 ? task.key : (chain[stage - 1] ?? ''), b })
  const current = (): Grammar['links'][number] | undefined => (stage < links.length ? grammar.links[stage] : undefined)
  const actionFor = (option: string): string => say(current()?.choose ?? grammar.finish, option)
  const form = (): string => (grammar.showsForm ? ` , act ${actionFor('?')}` : '')
  const offer = (): string => {
    const link = current()
    return link ? ` , ${link.offers} ${options[stage]?.join(' ')}` : ''
  }

  const choose = (option: string): string => {
    const link = current()
    if (!link) return ''
    if (option !== chain[stage]) return say(link.not, option)
    const rule = say(link.rule, option)
    stage++
    return `${rule}${offer()}${form()}`
  }
  const act = (action: string): string => {
    const said = plain(action)
    const option = (options[stage] ?? []).find((candidate) => actionFor(candidate) === said)
    if (option !== undefined) return choose(option)
    if (stage !== links.length || said !== actionFor('')) return stage > links.length ? NOTHING : `${NOTHING} , act ${actionFor('?')}`
    stage++
    return 'done'
  }

  return {
    task,
    family: grammar.name,
    opening: `${say(grammar.opening)}${offer()}${form()}`,
    length: links.length + 1,
    stage: () => stage,
    done: () => stage > links.length,
    options: () => options[stage] ?? [],
    actionFor,
    ruleFor: (option) => say(current()?.rule ?? '', option),
    act,
  }
}

/** The right values for a key, one for each rule of the chain. */
export function solution(key: string, links: Conventions['links']): string[] {
  const chain: string[] = []
  for (const { right } of links) chain.push(right.get(chain.at(-1) ?? key) ?? '')
  return chain
}

/** The right actions for a task, in order. */
export function rightActions({ key, object }: Task, { grammar, links }: Conventions): string[] {
  const chain = solution(key, links)
  const slots = { key, object, first: chain[0] ?? '' }
  const choices = chain.map((b, i) => fill(grammar.links[i]?.choose ?? '', { ...slots, a: chain[i - 1] ?? key, b }))
  return [...choices, fill(grammar.finish, slots)]
}

export function plain(text: string): string {
  return text.trim().toLowerCase().replaceAll(/\s+/g, ' ')
}
