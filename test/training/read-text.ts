/**
 * Reads a training sequence as the model does, from its text alone: which rules were shown before a word, what is on offer,
 * and what was refused. Written apart from the generator under test.
 */

import { FAMILIES, RELATIONS, VERBS } from '../../src/embedded/world/families.ts'
import { CATEGORIES, REQUESTS } from '../../src/embedded/world/words.ts'

/** Of the families' sentences: what stands before the options, how the rule is worded, and the action that chooses. */
const FAMILY_LINKS: Readonly<Record<string, readonly [relation: string, choose: string]>> = {
  places: ['belongs in', 'go to ?'],
  tools: ['opens with', 'open @ with ?'],
  desks: ['goes to', 'send it to ?'],
  labels: ['wants', 'mark it ?'],
  dishes: ['likes', 'cook ?'],
  sides: ['needs', 'add ?'],
  people: ['is kept by', 'ask ?'],
  rooms: ['comes from', 'visit ?'],
  colors: ['shows', 'press ?'],
  paths: ['leads to', 'follow ?'],
  things: ['hides', 'take ?'],
  flavors: ['tastes of', 'mix ?'],
  objects: ['comes with', 'pick ?'],
  topics: ['is about', 'read ?'],
  sets: ['is part of', 'join ?'],
}

export interface Segment {
  marker: string
  value: string
  /** Weight of each of its words after the marker, the closing sign included. */
  weights: readonly number[]
}

/** What a reader knows in front of one step. */
export interface ReadStep {
  thought: Segment
  action: Segment
  /** Options on offer that were not refused in this episode; empty where the finish is due. */
  open: readonly string[]
  /** Those that earlier episodes say are right here, what was said last first. */
  shown: readonly string[]
  /** The open option that earlier episodes said last to be right for the subject of `a relation b`. */
  latest(rule: string): string | undefined
  /** The action with `?` for the option, where it can be told. */
  form: string | undefined
  /** What is seen after it; undefined where a window cut the example. */
  next: string | undefined
}

export interface ReadEpisode {
  goal: Segment
  plan: Segment
  /** What earlier episodes said last to be right for the subject of `a relation b`. */
  latest(rule: string): string | undefined
  steps: readonly ReadStep[]
}

/** Splits text with a weight for each word into segments. */
export function segmentsOf(words: readonly string[], weights: readonly number[]): Segment[] {
  const segments: { marker: string; words: string[]; weights: number[] }[] = []
  for (const [i, word] of words.entries()) {
    if (/^(goal|plan|see|think|do):$/.test(word)) segments.push({ marker: word.slice(0, -1), words: [], weights: [] })
    segments.at(-1)?.weights.push(weights[i] ?? 0)
    if (!word.endsWith(':')) segments.at(-1)?.words.push(word)
  }
  return segments.map(({ marker, words: [...value], weights: all }) => ({
    marker,
    value: value.slice(0, -1).join(' '),
    weights: all.slice(1),
  }))
}

/** Reads all episodes, front to back. */
export function readEpisodes(segments: readonly Segment[]): ReadEpisode[] {
  const starts = segments.flatMap(({ marker }, i) => (marker === 'goal' ? [i] : []))
  const memory: { task: string; says: string[] }[] = []
  return starts.map((start, i) => {
    const episode = segments.slice(start, starts[i + 1])
    const task = taskOf(segments[start]?.value ?? '')
    const before = memory.filter((other) => other.task === task).flatMap(({ says }) => says)
    const read = readEpisode(episode, before)
    memory.push({ task, says: read.says })
    return read
  })
}

/** Which kind of task a goal is; the rules of another kind are worded alike and say nothing about it. */
function taskOf(goal: string): string {
  const known = Object.values(FAMILIES).find(({ goals }) => goals.some((template) => fits(goal, template)))
  if (known) return known.name
  const words = goal.split(' ')
  const fixed = new Set([...VERBS, ...RELATIONS, 'the', 'a'])
  if (words.some((word) => VERBS.includes(word))) return words.map((word) => (fixed.has(word) ? word : '_')).join(' ')
  // Among any small words the key tells by what it means.
  if (words.some((word) => CATEGORIES.includes(word))) return 'store'
  return words.some((word) => REQUESTS.includes(word)) ? 'desk' : 'meal'
}

function fits(goal: string, template: string): boolean {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '\\S+')}$`).test(goal)
}

function readEpisode([goal, plan, ...rest]: readonly Segment[], before: readonly string[]): ReadEpisode & { says: string[] } {
  if (!goal || plan?.marker !== 'plan') throw new Error('an episode begins with goal and plan')
  const says = rulesOf(plan.value)
  // A plan may have been made with other examples in sight: what it states counts where no example says anything.
  const told = [...says, ...before]
  const steps: ReadStep[] = []
  const refused = new Set<string>()
  let [offers, options, form]: [string | undefined, string[], string | undefined] = [undefined, [], undefined]
  for (let i = 0; i + 2 < rest.length; i += 3) {
    const [seen, thought, action, next] = rest.slice(i, i + 4)
    if (seen?.marker !== 'see' || thought?.marker !== 'think' || action?.marker !== 'do') throw new Error('see, think, do')
    const [first = '', ...others] = seen.value.split(' , ')
    const isRefusal = isNot(first)
    if (isRefusal) {
      refused.add(lastWord(first))
      says.splice(0, says.length, ...says.filter((rule) => !contradicts(first, rule)))
    } else if (first !== 'nothing happens') {
      // What is seen outdoes what the same episode believed.
      const stated = rulesOf(first)
      says.splice(0, says.length, ...says.filter((rule) => !stated.some((other) => kindOf(other) === kindOf(rule))), ...stated)
      const offer = others.findLast((part) => !part.startsWith('act '))
      ;[offers, ...options] = offer?.split(' ') ?? []
      form = undefined
      refused.clear()
    }
    form =
      others.find((part) => part.startsWith('act '))?.slice(4) ??
      form ??
      (offers && FAMILY_LINKS[offers]?.[1].replace('@', lastWord(first)))
    const open = options.filter((option) => !refused.has(option))
    const relation = offers === undefined ? undefined : (FAMILY_LINKS[offers]?.[0] ?? relationIn(next?.value))
    const subject = next && options.length > 0 ? next.value.split(' ')[0] : undefined
    steps.push({
      thought,
      action,
      open,
      shown: relation && subject && next?.value.startsWith('nothing') === false ? lastFirst(told, `${subject} ${relation}`, open) : [],
      latest: (rule) => lastFirst(told, kindOf(rule), open)[0],
      form,
      next: next?.marker === 'see' ? next.value : undefined,
    })
    if (!next?.value.startsWith('nothing happens')) says.push(...rulesOf(thought.value))
  }
  const end = rest.at(-1)
  if (end?.marker === 'see' && isNot(end.value)) says.splice(0, says.length, ...says.filter((rule) => !contradicts(end.value, rule)))
  return { goal, plan, steps, says, latest: (rule) => lastFirst(before, kindOf(rule))[0] }
}

/** Right options for `a relation`, as the rules before say, the last one first. */
function lastFirst(rules: readonly string[], kind: string, open?: readonly string[]): string[] {
  const said = rules.filter((rule) => kindOf(rule) === kind).map(lastWord)
  return [...new Set(said.toReversed())].filter((b) => open?.includes(b) ?? true)
}

/** The rules that a plan, thought or observation states. */
function rulesOf(text: string): string[] {
  return text
    .split(' , ')
    .filter(
      (part) =>
        part.split(' ').length >= 3 &&
        !/^(unknown|try|then|find out|act|you hold|a \S+ request is here)\b/.test(part) &&
        !part.endsWith(' is here') &&
        !part.endsWith(' is hungry') &&
        !isNot(part) &&
        !/^(places|tools|options|it is shut)/.test(part),
    )
}

const isNot = (text: string): boolean => /^\S+ (not|does not|is not) /.test(text)
const lastWord = (text: string): string => text.split(' ').at(-1) ?? ''
const kindOf = (rule: string): string => rule.split(' ').slice(0, -1).join(' ')

/** `winter does not belong in tray` contradicts `winter belongs in tray`: same ends, and the same words but for the verb's form. */
function contradicts(refusal: string, rule: string): boolean {
  const [a, b] = [refusal.split(' '), rule.split(' ')]
  return a[0] === b[0] && a.at(-1) === b.at(-1) && kindOf(rule) === `${a[0]} ${affirm(a.slice(1, -1).join(' '))}`
}

function affirm(negated: string): string {
  const family = Object.values(FAMILY_LINKS).find(([relation]) => negated === negate(relation))
  return family?.[0] ?? negated.replace('not ', '')
}

function negate(relation: string): string {
  const [verb = '', ...rest] = relation.split(' ')
  if (verb === 'is') return ['is not', ...rest].join(' ')
  const plain = verb === 'goes' ? 'go' : verb.replace(/s$/, '')
  return ['does not', plain, ...rest].join(' ')
}

/** The relation that an observation names, whether it states a rule or refuses one. */
function relationIn(observation: string | undefined): string | undefined {
  const [first = ''] = observation?.split(' , ') ?? []
  const middle = first.split(' ').slice(1, -1).join(' ')
  return isNot(first) ? affirm(middle) : middle
}
