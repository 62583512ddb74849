/** What the options of a world decide: words, wording, changes, and what is kept for evaluation. */
import { expect, test } from 'vitest'
import { createRandom, createTextWorld, type Random, type TextWorld, type TextWorldOptions } from '../../src/embedded/index.ts'
import { isHeldOut, isHeldOutGrammar, isHeldOutWord } from '../../src/embedded/world/conventions.ts'
import type { Conventions } from '../../src/embedded/world/episode.ts'
import { FAMILIES, LONGEST_CHAIN, type FamilyName } from '../../src/embedded/world/families.ts'
import { NOUNS } from '../../src/embedded/world/words.ts'

const FAMILY_NAMES: FamilyName[] = ['store', 'desk', 'meal']
/** Leaves everything in the order in which the world has it. */
const inOrder: Random = { ...createRandom(0), sample: (items, count = items.length) => items.slice(0, count) }

const goalsOf = (world: TextWorld): string[] => [...new Set(world.goals(300, { seed: 1 }))]

/** What can be seen from outside of a world with one kind of task: its keys, and options and rules link by link. */
function explore(world: TextWorld): Pick<Conventions, 'keys' | 'objects' | 'links'> {
  const keys = namedKeys(world)
  const objects = new Set<string>()
  const links: { options: readonly string[]; right: Map<string, string> }[] = []
  for (const goal of goalsOf(world)) {
    const episode = world.begin(goal, inOrder)
    objects.add(episode.task.object)
    let a = episode.task.key
    for (const action of world.oracle(goal).slice(0, -1)) {
      const options = episode.options()
      const link = (links[episode.stage()] ??= { options, right: new Map() })
      const b = options.find((option) => episode.actionFor(option) === action) ?? ''
      link.right.set(a, b)
      a = b
      episode.act(action)
    }
  }
  return {
    keys,
    objects: [...objects].filter((object) => object !== ''),
    links: links.map((link, i) => inOrderOf(link, links[i - 1]?.options ?? keys)),
  }
}

/** A world without such a goal says which keys it has. */
function namedKeys(world: TextWorld): string[] {
  try {
    world.oracle('')
    return []
  } catch (error) {
    return (/\(([^)]+)\)/.exec(String(error))?.[1] ?? '').split(', ')
  }
}

function inOrderOf<T extends { right: Map<string, string> }>(link: T, from: readonly string[]): T {
  return { ...link, right: new Map(from.flatMap((a) => (link.right.has(a) ? [[a, link.right.get(a) ?? ''] as const] : []))) }
}

/** Whether every rule of the world was met, so that nothing of it is hidden from `explore`. */
const isWhole = ({ keys, links }: ReturnType<typeof explore>): boolean =>
  links.every(({ right }, i) => right.size === (links[i - 1]?.options ?? keys).length)

const wholeRules = (setup: Omit<TextWorldOptions, 'seed'>, seeds: number): boolean[] =>
  Array.from({ length: seeds }, (_, seed) => explore(createTextWorld({ keys: 12, first: 3, second: 2, ...setup, seed })))
    .filter(isWhole)
    .map((seen) => isHeldOut({ grammar: FAMILIES.store, ...seen }))

test.each(FAMILY_NAMES)(
  'in the %s family held-out worlds keep to rules that are held out, as a quarter of the others do by chance',
  (family) => {
    const kept = wholeRules({ heldOut: true, families: [family] }, 60)
    expect(kept.length).toBeGreaterThan(25)
    expect(kept.every(Boolean)).toBe(true)
    const free = wholeRules({ families: [family] }, 200)
    const share = free.filter(Boolean).length / free.length
    expect(share).toBeGreaterThan(0.12)
    expect(share).toBeLessThan(0.4)
  },
)

test('changed rules of a held-out world are held out as well', () => {
  const kept = [1, 2, 3].flatMap((change) => wholeRules({ heldOut: true, families: ['meal'], change }, 30))
  expect(kept.length).toBeGreaterThan(25)
  expect(kept.every(Boolean)).toBe(true)
})

test('held-out worlds come to be however few words and rules they have', () => {
  for (let seed = 0; seed < 150; seed++) {
    const tiny = { seed, heldOut: true, keys: 1, first: 2, second: 2 }
    const [a, b] = [createTextWorld(tiny), createTextWorld({ ...tiny, change: 1 })]
    expect(b.goals(5, { seed })).toEqual(a.goals(5, { seed }))
  }
})

test.each(FAMILY_NAMES)('in the %s family held-out worlds of any noun take words only in roles they are never trained in', (family) => {
  for (let seed = 0; seed < 6; seed++) {
    const { keys, objects, links } = explore(createTextWorld({ seed, heldOut: true, words: 'any', families: [family], steps: 5 }))
    const grammar = FAMILIES[family]
    for (const key of keys) expect([isHeldOutWord(key, 'key'), grammar.keys.includes(key)]).toEqual([true, false])
    for (const object of objects) expect([isHeldOutWord(object, 'object'), grammar.objects.includes(object)]).toEqual([true, false])
    for (const [i, { options }] of links.entries())
      for (const option of options) expect([isHeldOutWord(option, `${i}`), grammar.links[i]?.words.includes(option)]).toEqual([true, false])
  }
})

test('held-out worlds in an invented grammar take a grammar and words that are held out', () => {
  for (let seed = 0; seed < 6; seed++) {
    const { keys, links } = explore(createTextWorld({ seed, heldOut: true, words: 'any', grammar: 'invented', steps: 4 }))
    expect(keys.filter((key) => !isHeldOutWord(key, 'key'))).toEqual([])
    for (const [i, { options }] of links.entries()) expect(options.filter((option) => !isHeldOutWord(option, `${i}`))).toEqual([])
    expect(isHeldOutGrammar(grammarOf(createTextWorld({ ...WHOLE_GRAMMAR, seed, heldOut: true })))).toBe(true)
  }
  const free = Array.from({ length: 100 }, (_, seed) => isHeldOutGrammar(grammarOf(createTextWorld({ ...WHOLE_GRAMMAR, seed }))))
  expect(free.filter(Boolean).length).toBeGreaterThan(10) // 25 expected
  expect(free.filter(Boolean).length).toBeLessThan(45)
})

/** A world that shows all links of its grammar, in words that cannot be mistaken for parts of it. */
const WHOLE_GRAMMAR = { grammar: 'invented', words: 'unknown', steps: LONGEST_CHAIN, keys: 1, first: 2, second: 2 } as const

/** An invented grammar, read off one episode. */
function grammarOf(world: TextWorld): (typeof FAMILIES)['store'] {
  const [goal = ''] = world.goals(1, { seed: 1 })
  const episode = world.begin(goal, inOrder)
  const { key, object } = episode.task
  const template = (text: string, names: Record<string, string>): string => text.replaceAll(/\S+/g, (word) => names[word] ?? word)
  const chain = [key]
  const links = world
    .oracle(goal)
    .slice(0, -1)
    .map((choose) => {
      const a = chain.at(-1) ?? ''
      const b = episode.options().find((option) => episode.actionFor(option) === choose) ?? ''
      const rule = episode.ruleFor(b)
      chain.push(b)
      episode.act(choose)
      return {
        rule: template(rule, { [a]: '{a}', [b]: '{b}' }),
        choose: template(choose, { [a]: '{a}', [b]: '{b}' }),
        not: '',
        offers: '',
        words: [],
      }
    })
  const goals = [template(goal, { [key]: '{key}', [object]: '{object}' })]
  const finish = template(episode.actionFor(''), { [key]: '{key}', [object]: '{object}', [chain[1] ?? '']: '{first}' })
  return { ...FAMILIES.store, goals, finish, links }
}

test.each([{}, { steps: 6 }, { words: 'any' }, { words: 'unknown' }, { heldOut: true }, { change: 2 }] as const)(
  'with %j families that are left out do not change the others',
  (setup) => {
    const all = createTextWorld({ seed: 3, ...setup })
    expect(all.families).toEqual(FAMILY_NAMES)
    for (const family of FAMILY_NAMES) {
      const one = createTextWorld({ seed: 3, ...setup, families: [family] })
      expect(one.families).toEqual([family])
      for (const goal of one.goals(8, { seed: 1 })) {
        expect(one.oracle(goal)).toEqual(all.oracle(goal))
        expect(one.begin(goal, createRandom(2)).opening).toBe(all.begin(goal, createRandom(2)).opening)
      }
    }
  },
)

test.each([{}, { words: 'any' }, { words: 'unknown', steps: 5 }, { grammar: 'invented' }, { heldOut: true }] as const)(
  'with %j a change keeps goals, words and sentences and makes other rules',
  (setup) => {
    const [before, after] = [0, 1].map((change) => createTextWorld({ seed: 8, keys: 6, families: ['desk'], ...setup, change }))
    if (!before || !after) throw new Error('two worlds')
    expect(after.goals(30, { seed: 2 })).toEqual(before.goals(30, { seed: 2 }))
    const [a, b] = [explore(before), explore(after)]
    expect([b.keys, b.links.map(({ options }) => options)]).toEqual([a.keys, a.links.map(({ options }) => options)])
    const kept = a.keys.filter((key) => b.links[0]?.right.get(key) === a.links[0]?.right.get(key))
    expect(kept.length).toBeLessThan(5) // of six keys with six options each, one is expected to stay as it is
  },
)

test('words come from where the options say: a role, any noun, or nowhere', () => {
  for (let seed = 0; seed < 5; seed++) {
    const wordsOf = (words: 'role' | 'any' | 'unknown'): string[] => {
      const { keys, objects, links } = explore(createTextWorld({ seed, words, families: ['desk'], keys: 8 }))
      return [...keys, ...objects, ...links.flatMap(({ options }) => options)]
    }
    const own = [...FAMILIES.desk.keys, ...FAMILIES.desk.objects, ...FAMILIES.desk.links.flatMap(({ words }) => words)]
    expect(wordsOf('role').filter((word) => !own.includes(word))).toEqual([])
    const any = wordsOf('any')
    expect(any.filter((word) => !NOUNS.includes(word))).toEqual([])
    expect(any.filter((word) => !own.includes(word)).length).toBeGreaterThan(3)
    const unknown = wordsOf('unknown')
    expect(unknown.filter((word) => NOUNS.includes(word) || !/^[a-z]{4,}$/.test(word))).toEqual([])
    for (const words of [any, unknown]) expect(new Set(words).size).toBe(words.length)
  }
})

test.each(FAMILY_NAMES)('in the %s family goals are worded as the options say, and every wording is understood everywhere', (family) => {
  const worlds = (['plain', 'varied', 'held-out'] as const).map((wording) => createTextWorld({ seed: 2, families: [family], wording }))
  const shapes = worlds.map((world) => {
    const shapeOf = (goal: string): string => {
      const { key, object } = world.begin(goal, createRandom(1)).task
      return goal
        .split(' ')
        .map((word) => (word === key ? '{key}' : word === object ? '{object}' : word))
        .join(' ')
    }
    return new Set(goalsOf(world).map(shapeOf))
  })
  const { goals } = FAMILIES[family]
  expect([...(shapes[0] ?? [])]).toEqual([goals[0]])
  expect([...(shapes[1] ?? [])].toSorted()).toEqual(goals.slice(0, -1).toSorted())
  expect([...(shapes[2] ?? [])]).toEqual([goals.at(-1)])
  for (const goal of worlds.flatMap(goalsOf)) expect(new Set(worlds.map((world) => world.oracle(goal).join()))).toHaveLength(1)
})

test.each([
  { keys: 16, steps: 4, families: ['meal'] },
  { keys: 8, steps: 10, second: 12, families: ['desk'] },
  { keys: 16, first: 16, second: 12, steps: 12 },
] as const)('sizes beyond the words of a family are refused: %j', (setup) => {
  expect(() => createTextWorld({ seed: 1, ...setup })).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  expect(() => createTextWorld({ seed: 1, ...setup, words: 'any' })).not.toThrow()
})
