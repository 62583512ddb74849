/**
 * The expert that the model learns to follow: it acts on the rules it was shown, the latest first; where it knows none it
 * tries the options in the order in which they are offered, none twice; and it finds its way back after an action that made
 * no sense. A world offers its options in an order drawn anew for each episode, so that its order is as good as chance.
 */
import type { Random } from '../../src/embedded/random.ts'
import { solution, startEpisode, type Conventions, type Task, type WorldEpisode } from '../../src/embedded/world/episode.ts'
import { fill } from '../../src/embedded/world/families.ts'
import { idOf, type Fact, type Knowledge, type Statements } from './knowledge.ts'

/** One step of a demonstration, with what the trainer has to know about it. */
export interface ShownStep {
  observation: string
  reasoning: string
  action: string
  /** The rule that the observation states or refutes. */
  stated?: Fact | undefined
  refuted?: Fact | undefined
  /** The rule that the thought states. */
  thought?: Fact | undefined
  /** A blunder is shown, never learnt. */
  blunder: boolean
  /** It follows a blunder. */
  repair: boolean
}

export interface Demonstration {
  goal: string
  plan: string
  /** The rules that the plan states. */
  planned: readonly Fact[]
  /** The plan does not follow from what is shown. */
  foreignPlan: boolean
  steps: readonly ShownStep[]
  outcome: string
  success: boolean
}

export interface ExpertSetup {
  goal: string
  random: Random
  knowledge: Knowledge
  /** What it knew when it made its plan, where that was something else: a memory shows other examples at each decision. */
  knewThen?: Knowledge | undefined
  /** Wrong options it tries at most before it is told the right one; Infinity for an honest one. */
  luck: number
  /** Share of its actions that make no sense. */
  blunders: number
  /** Actions at most. */
  budget: number
}

export function demonstrate(task: Task, conventions: Conventions, setup: ExpertSetup): Demonstration {
  const { grammar } = conventions
  const { knowledge, random } = setup
  const chain = solution(task.key, conventions.links)
  const episode = startEpisode(task, conventions, random)
  const steps: ShownStep[] = []
  const refutedNow = new Set<string>()
  const { plan, planned } = makePlan(task, conventions, setup.knewThen ?? knowledge)
  let seen: Pick<ShownStep, 'observation' | 'stated' | 'refuted'> = { observation: episode.opening }
  let wrong = 0
  let afterBlunder = false

  while (!episode.done() && steps.length < setup.budget) {
    const link = episode.stage()
    const a = link === 0 ? task.key : (chain[link - 1] ?? '')
    const fact = (b: string): Fact => ({ grammar: idOf(grammar), link, a, b })
    const open = episode.options().filter((option) => !refutedNow.has(`${link} ${option}`))
    const ofPlan = planned.filter((rule) => rule.link === link && rule.a === a).map(({ b }) => b)
    const known = [...knowledge.candidates(idOf(grammar), link, a), ...ofPlan].find((option) => open.includes(option))
    const finishing = episode.options().length === 0
    const right = chain[link] ?? ''
    const option = finishing ? '' : (known ?? (wrong >= setup.luck ? right : (open[0] ?? '')))
    const action = episode.actionFor(option)
    const reasoning = finishing ? `then ${action}` : known === undefined ? `unknown , try ${option}` : episode.ruleFor(option)
    const intended = { reasoning, action }
    const attempt = random.next() < setup.blunders ? blunderLike(intended, { episode, conventions, random }) : intended
    const { action: done, reasoning: said } = episode.options().some((choice) => episode.actionFor(choice) === attempt.action)
      ? intended
      : attempt
    steps.push({
      ...seen,
      reasoning: said,
      action: done,
      thought: known === undefined || finishing || said !== reasoning ? undefined : fact(known),
      blunder: done !== action,
      repair: afterBlunder,
    })
    afterBlunder = done !== action
    const observation = episode.act(done)
    if (done !== action) seen = { observation }
    else if (finishing) seen = { observation }
    else if (option === right) seen = { observation, stated: fact(option) }
    else {
      seen = { observation, refuted: fact(option) }
      refutedNow.add(`${link} ${option}`)
      wrong++
    }
  }
  return {
    goal: setup.goal,
    plan,
    planned,
    foreignPlan: setup.knewThen !== undefined,
    steps,
    outcome: seen.observation,
    success: episode.done(),
  }
}

/** What a part of a demonstration says to a reader: its plan, and the steps from `from` to before `to`. */
export function statementsOf({ planned, steps }: Pick<Demonstration, 'planned' | 'steps'>, from: number, to: number): Statements {
  const shown = steps.slice(from, to)
  const of = (part: 'stated' | 'refuted' | 'thought'): Fact[] => shown.flatMap((step) => step[part] ?? [])
  return { believed: [...planned, ...of('thought')], stated: of('stated'), refuted: of('refuted') }
}

function makePlan({ key }: Task, { grammar, links }: Conventions, knowledge: Knowledge): Pick<Demonstration, 'plan' | 'planned'> {
  const planned: Fact[] = []
  let a = key
  for (let link = 0; link < Math.min(2, links.length); link++) {
    const [b] = knowledge.candidates(idOf(grammar), link, a)
    if (b === undefined) break
    planned.push({ grammar: idOf(grammar), link, a, b })
    a = b
  }
  const rules = planned.map((fact) => fill(grammar.links[fact.link]?.rule ?? '', { a: fact.a, b: fact.b }))
  if (planned.length === 2) return { plan: rules.join(' , '), planned }
  // In a grammar never seen before nobody can tell which word of a goal is the key.
  const missing = grammar.name === 'invented' ? 'find out' : `find out about ${a}`
  return { plan: [...rules, missing].join(' , '), planned }
}

type Decided = Pick<ShownStep, 'reasoning' | 'action'>

interface BlunderSetup {
  episode: WorldEpisode
  conventions: Conventions
  random: Random
}

/** A step that makes no sense now, made out of one that does: a word that is not on offer, or a sentence out of shape. */
function blunderLike({ reasoning, action }: Decided, { episode, conventions, random }: BlunderSetup): Decided {
  const { grammar, keys, objects, links } = conventions
  const strangers = [...keys, ...objects, ...links.flatMap(({ options }) => options)]
  const words = action.split(' ')
  const stranger = random.pick(strangers)
  if (episode.options().length > 0 && random.next() < 0.5) {
    const thought = random.next() < 0.5 ? episode.ruleFor(stranger) : `unknown , try ${stranger}`
    return { reasoning: thought, action: episode.actionFor(stranger) }
  }
  const other = random.pick(grammar.links.slice(0, links.length)).choose
  const misshapen = random.pick([
    () => words.slice(0, -1).join(' '),
    () => [...words.slice(0, -1), random.pick(keys)].join(' '),
    () => fill(other, { a: random.pick(strangers), b: stranger }),
    () => words.at(-1) ?? '',
    () => words.toReversed().join(' '),
    () => [random.pick(['find', 'try', 'go to', 'send', 'add', 'open']), stranger].join(' '),
  ])()
  return { reasoning, action: misshapen }
}
