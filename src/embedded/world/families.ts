/**
 * The surface of the text world: sentences around one hidden structure, a chain of rules from a key to a first value, from
 * there to a second, and so on. Templates hold `{key} {object} {first}` of the episode and `{a} {b}`, the two ends of a
 * rule; a world may also be worded in a grammar of its own (`inventGrammar`).
 */
import type { Random } from '../random.ts'
import * as words from './words.ts'

/** Things are put away (`store`), requests handled (`desk`), people served (`meal`). */
export type FamilyName = 'store' | 'desk' | 'meal'

/** How one kind of rule is worded. */
export interface Link {
  /** `{a} belongs in {b}`. */
  rule: string
  /** `{a} does not belong in {b}`. */
  not: string
  /** What stands before the options: `places`. */
  offers: string
  /** The action that chooses `{b}`. */
  choose: string
  /** Where the words for `{b}` come from. */
  words: readonly string[]
}

/** All sentences of one kind of task. */
export interface Grammar {
  /** A family's name, or `invented`. */
  name: FamilyName | 'invented'
  keys: readonly string[]
  /** What a goal is about beside its key; empty where goals have no object. */
  objects: readonly string[]
  /** The first is the plain wording, the last one is kept for evaluation and never trained on. */
  goals: readonly string[]
  /** What is seen first, before the options. */
  opening: string
  /** In the order of the chain. There are as many as the longest chain has rules. */
  links: readonly Link[]
  finish: string
  /** Whether observations name the form of the action that is due. Without it an invented grammar could not be found out. */
  showsForm: boolean
}

/** Right actions of the longest chain. */
export const LONGEST_CHAIN = 12

const LATER: readonly Link[] = [
  link('is kept by', 'is not kept by', { offers: 'people', choose: 'ask {b}', from: words.NAMES }),
  link('comes from', 'does not come from', { offers: 'rooms', choose: 'visit {b}', from: words.DESKS }),
  link('shows', 'does not show', { offers: 'colors', choose: 'press {b}', from: words.COLORS }),
  link('leads to', 'does not lead to', { offers: 'paths', choose: 'follow {b}', from: words.PLACES }),
  link('hides', 'does not hide', { offers: 'things', choose: 'take {b}', from: words.THINGS }),
  link('tastes of', 'does not taste of', { offers: 'flavors', choose: 'mix {b}', from: words.SIDES }),
  link('comes with', 'does not come with', { offers: 'objects', choose: 'pick {b}', from: words.OBJECTS }),
  link('is about', 'is not about', { offers: 'topics', choose: 'read {b}', from: words.REQUESTS }),
  link('is part of', 'is not part of', { offers: 'sets', choose: 'join {b}', from: words.CATEGORIES }),
]

const store: Grammar = {
  name: 'store',
  keys: words.CATEGORIES,
  objects: words.OBJECTS,
  goals: [
    'put the {key} {object} away',
    'the {key} {object} has to go away',
    'please store the {key} {object}',
    'find a place for the {key} {object}',
    'this {object} is a {key} thing , put it away',
    'where should the {key} {object} go',
  ],
  opening: 'you hold {object}',
  links: [
    link('belongs in', 'does not belong in', { offers: 'places', choose: 'go to {b}', from: words.CONTAINERS }),
    link('opens with', 'does not open with', { offers: 'it is shut , tools', choose: 'open {a} with {b}', from: words.TOOLS }),
    ...LATER,
  ],
  finish: 'put {object} in {first}',
  showsForm: false,
}

const desk: Grammar = {
  name: 'desk',
  keys: words.REQUESTS,
  objects: words.NAMES,
  goals: [
    'handle the {key} request from {object}',
    '{object} has a {key} request',
    'please answer {object} about {key}',
    'there is a {key} request , it is from {object}',
    'take care of the {key} for {object}',
    'a request about {key} came from {object} , handle it',
  ],
  opening: 'a {key} request is here',
  links: [
    link('goes to', 'does not go to', { offers: 'desks', choose: 'send it to {b}', from: words.DESKS }),
    link('wants', 'does not want', { offers: 'labels', choose: 'mark it {b}', from: words.COLORS }),
    ...LATER,
  ],
  finish: 'file it',
  showsForm: false,
}

const meal: Grammar = {
  name: 'meal',
  keys: words.NAMES,
  objects: [],
  goals: [
    'serve lunch to {key}',
    '{key} wants lunch',
    'please feed {key}',
    'lunch for {key}',
    'make a lunch for {key}',
    'it is time for {key} to have lunch',
  ],
  opening: '{key} is hungry',
  links: [
    link('likes', 'does not like', { offers: 'dishes', choose: 'cook {b}', from: words.DISHES }),
    link('needs', 'does not need', { offers: 'sides', choose: 'add {b}', from: words.SIDES }),
    ...LATER,
  ],
  finish: 'serve {first} to {key}',
  showsForm: false,
}

export const FAMILIES: Readonly<Record<FamilyName, Grammar>> = { store, desk, meal }

export const VERBS: readonly string[] =
  'grab push pull lift turn press pick move set load clean check join cut fold wrap print scan sort stack hold drop swap call bring mix'.split(
    ' ',
  )
export const RELATIONS: readonly string[] =
  'is with by under near after before over into matches uses has fits at on for needs likes wants goes'.split(' ')

/** A grammar of its own: verbs, relations and the order of the words are drawn at random. */
export function inventGrammar(random: Random): Grammar {
  const relations = random.sample(RELATIONS)
  const verbs = random.sample(VERBS)
  const [goalVerb = '', finishVerb = '', ...rest] = verbs
  const article = random.pick(['the ', 'a ', ''])
  const links = Array.from({ length: LONGEST_CHAIN - 1 }, (_, i): Link => {
    const [relation = '', verb = '', joint = ''] = [relations[i], rest[i], relations[i + 1]]
    return {
      ...link(relation, `not ${relation}`, { offers: 'options', choose: '', from: words.NOUNS }),
      choose: random.pick([`${verb} {b}`, `${verb} ${joint} {b}`, `${verb} {a} ${joint} {b}`]),
    }
  })
  const preposition = relations.at(-1) ?? ''
  const goal = random.pick([
    `${goalVerb} ${article}{key} {object}`,
    `{object} ${preposition} {key} ${goalVerb}`,
    `${goalVerb} {object} ${preposition} {key}`,
  ])
  return {
    name: 'invented',
    keys: words.NOUNS,
    objects: words.NOUNS,
    goals: [goal],
    opening: random.pick(['{key} is here', 'you hold {object}', 'now']),
    links,
    finish: random.pick([
      `${finishVerb} {object}`,
      `${finishVerb} {object} ${preposition} {first}`,
      `${finishVerb} {key} now`,
      `${finishVerb} it`,
    ]),
    showsForm: true,
  }
}

/** Puts values in the places of a template, each once; what they contain is not looked at again. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}

interface LinkWords {
  offers: string
  choose: string
  from: readonly string[]
}

function link(relation: string, negated: string, { offers, choose, from }: LinkWords): Link {
  return { rule: `{a} ${relation} {b}`, not: `{a} ${negated} {b}`, offers, choose, words: from }
}
