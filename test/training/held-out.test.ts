/** Nothing that is kept for evaluation is trained on, and probes ask for nothing else. */
import { describe, expect, test } from 'vitest'
import { createRandom, deriveSeed } from '../../src/embedded/random.ts'
import { isHeldOut, isHeldOutGrammar, isHeldOutWord } from '../../src/embedded/world/conventions.ts'
import type { Conventions } from '../../src/embedded/world/episode.ts'
import { FAMILIES, fill } from '../../src/embedded/world/families.ts'
import { PROBES } from '../../training/generator/probes.ts'
import { drawCast, drawEasyScenario, drawScenario, type Scenario } from '../../training/generator/scenario.ts'
import { drawSequence } from '../../training/generator/sequence.ts'

const COUNT = 500

/** The rules that stand in the examples and the episode of a sequence: of its world, and of those that mislead. */
function worldsOf(scenario: Scenario, seed: number): Conventions[] {
  const { conventions, before, elsewhere, beside } = drawCast(scenario, createRandom(seed))
  return [conventions, before, elsewhere, beside]
}

function rolesOf({ keys, objects, links }: Conventions): [word: string, role: string][] {
  const of = (words: readonly string[], role: string): [string, string][] => words.map((word) => [word, role])
  return [...of(keys, 'key'), ...of(objects, 'object'), ...links.flatMap(({ options }, i) => of(options, `${i}`))]
}

const scenarios = Array.from({ length: COUNT }, (_, i) => {
  const random = createRandom(deriveSeed('scenarios', i))
  return { seed: i, scenario: i % 5 === 0 ? drawEasyScenario(random) : drawScenario(random) }
})

describe('training', () => {
  test('draws rules that are not held out, for the world and for those that mislead', () => {
    for (const { scenario, seed } of scenarios) {
      expect(scenario.use).toBe('train')
      for (const conventions of worldsOf(scenario, seed)) expect(isHeldOut(conventions)).toBe(false)
    }
  })

  test('draws grammars that are not held out', () => {
    const grammars = scenarios
      .flatMap(({ scenario, seed }) => worldsOf(scenario, seed))
      .filter(({ grammar }) => grammar.name === 'invented')
    expect(grammars.length).toBeGreaterThan(200)
    expect(grammars.some(({ grammar }) => isHeldOutGrammar(grammar))).toBe(false)
  })

  test('draws no word in a role for which it is kept, but for the roles that words have in their own family', () => {
    let pairs = 0
    for (const { scenario, seed } of scenarios.filter(({ scenario: { words } }) => words === 'any'))
      for (const conventions of worldsOf(scenario, seed))
        for (const [word, role] of rolesOf(conventions)) {
          expect([word, role, isHeldOutWord(word, role)]).toEqual([word, role, false])
          pairs++
        }
    expect(pairs).toBeGreaterThan(5_000)
  })

  test('never words a goal in the way that is kept', () => {
    const kept = Object.values(FAMILIES).map(
      ({ goals }) => new RegExp(`^goal: ${fill(goals.at(-1) ?? '', { key: '\\S+', object: '\\S+' })} ;$`),
    )
    const goals = scenarios.flatMap(({ scenario, seed }) =>
      drawSequence(scenario, createRandom(seed)).filter(({ text }) => text.startsWith('goal:')),
    )
    expect(goals.length).toBeGreaterThan(COUNT)
    expect(goals.filter(({ text }) => kept.some((pattern) => pattern.test(text)))).toEqual([])
    const [probed] = drawSequence({ ...(PROBES.wording?.scenario as Scenario), examples: 0 }, createRandom(1))
    expect(kept.some((pattern) => pattern.test(probed?.text ?? ''))).toBe(true)
  })
})

describe.each(Object.entries(PROBES))('the probe %s', (_name, { scenario, probe }) => {
  test('asks in worlds that are never trained on', () => {
    for (let seed = 0; seed < 40; seed++)
      for (const conventions of worldsOf(scenario, seed)) {
        expect(isHeldOut(conventions)).toBe(true)
        expect(isHeldOutGrammar(conventions.grammar)).toBe(conventions.grammar.name === 'invented' || isHeldOutGrammar(conventions.grammar))
      }
  })

  test('takes words only in roles they are never trained in, where it is about other words', () => {
    if (scenario.words !== 'any') return
    for (let seed = 0; seed < 40; seed++) {
      const [own] = worldsOf(scenario, seed)
      if (own) expect(rolesOf(own).filter(([word, role]) => !isHeldOutWord(word, role))).toEqual([])
    }
  })

  test('counts words of the episode to be solved, and some in most sequences', () => {
    let asked = 0
    for (let seed = 0; seed < 40; seed++) {
      const counted = drawSequence(scenario, createRandom(seed)).filter(
        (piece) => piece.kind !== 'given' && piece.text.split(' ').some((word) => probe(piece, word)),
      )
      expect(counted.every(({ current }) => current)).toBe(true)
      if (counted.length > 0) asked++
    }
    expect(asked).toBeGreaterThan(20)
  })
})
