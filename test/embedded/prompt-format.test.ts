import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Prompt, Situation } from '../../src/core/policy.ts'
import type { Phase } from '../../src/core/trajectory.ts'
import { embeddedPrompts, MAX_PROMPT_TOKENS } from '../../src/embedded/prompt-format.ts'
import { countTokens, unknownWords } from '../../src/embedded/vocabulary.ts'
import { exemplar, parsePrompt, situationOf } from './parse-prompt.ts'
import { textReferences as references } from './references.ts'
import { countOf, inspect } from '../../src/security/untrusted.ts'

const textOf = (prompt: Prompt): string => prompt.messages.map(({ content }) => content).join('')
const phases: Phase[] = ['plan', 'reason', 'act']
const step = { observation: 'you hold spade , places shelf tray', reasoning: 'unknown , try shelf', action: 'go to shelf' }
const example = exemplar({ goal: 'put the winter map away', plan: 'find out about winter', steps: [step], outcome: 'done' })

test('each reference prompt is rendered word for word from the situation that it shows', () => {
  expect(references.length).toBeGreaterThanOrEqual(30)
  for (const { prompt, tokens } of references) {
    const { phase, situation } = parsePrompt(prompt)
    const rendered = embeddedPrompts[phase](situation)
    expect(textOf(rendered)).toBe(prompt)
    expect(countTokens(prompt) + 1).toBe(tokens)
    expect(rendered).toMatchObject({ temperature: 0.7, maxTokens: 24, stop: [';'] })
    expect(rendered.shown).toEqual(inspect(situation.exemplars).map(({ trajectoryId }) => trajectoryId))
  }
})

test('history stands between plan and observation, oldest first, and the thought right before the action', () => {
  const history = [step, { observation: 'winter does not belong in shelf', reasoning: 'unknown , try tray', action: 'go to tray' }]
  const situation = situationOf({ goal: 'g', plan: 'p', history, observation: 'o', reasoning: 'r' })
  expect(textOf(embeddedPrompts.act(situation))).toBe(
    'goal: g ; plan: p ; see: you hold spade , places shelf tray ; think: unknown , try shelf ; do: go to shelf ; ' +
      'see: winter does not belong in shelf ; think: unknown , try tray ; do: go to tray ; see: o ; think: r ; do:',
  )
  expect(textOf(embeddedPrompts.plan(situation))).toBe('goal: g ; plan:')
})

test('an example that was cut by its window is shown without an outcome', () => {
  const cut = { ...example, outcome: null }
  const text = textOf(embeddedPrompts.plan(situationOf({ goal: 'serve lunch to omar', exemplars: [cut] })))
  expect(text).toBe(
    'goal: put the winter map away ; plan: find out about winter ; see: you hold spade , places shelf tray ; ' +
      'think: unknown , try shelf ; do: go to shelf ; goal: serve lunch to omar ; plan:',
  )
})

test('the best example stands nearest to the question, and those without room are left out and not reported', () => {
  const long = { ...example, steps: Array.from({ length: 12 }, () => step) } // 12 × 17 tokens and the frame
  const exemplars = Array.from({ length: 8 }, (_, i) => ({ ...long, trajectoryId: `t${i}`, goal: `goal number ${i}` }))
  const prompt = embeddedPrompts.plan(situationOf({ goal: 'serve lunch to omar', exemplars }))
  expect(prompt.shown.length).toBeGreaterThan(3)
  expect(prompt.shown).toEqual(exemplars.slice(0, prompt.shown.length).map(({ trajectoryId }) => trajectoryId))
  expect(prompt.shown.length).toBeLessThan(8)
  const goals = Array.from(textOf(prompt).matchAll(/number (\d)/g), ([, digit]) => Number(digit))
  expect(goals).toEqual(prompt.shown.map((_, i) => i).reverse())
  expect(countTokens(textOf(prompt)) + 1).toBeLessThanOrEqual(MAX_PROMPT_TOKENS)
})

test('an episode that is too long loses its oldest steps, and goal, plan and present stay', () => {
  const history = Array.from({ length: 200 }, (_, i) => ({ ...step, observation: `number ${i}` }))
  const text = textOf(
    embeddedPrompts.act(situationOf({ goal: 'the goal', plan: 'the plan', history, observation: 'now', reasoning: 'so' })),
  )
  expect(text.startsWith('goal: the goal ; plan: the plan ; see: number ')).toBe(true)
  expect(text.endsWith('do: go to shelf ; see: now ; think: so ; do:')).toBe(true)
  expect(text).toContain('number 199')
  expect(text).not.toContain('number 9 ')
  expect(countTokens(text) + 1).toBeLessThanOrEqual(MAX_PROMPT_TOKENS)
})

test('values are written in lower case, and what could end or start a segment is taken from them', () => {
  const text = textOf(embeddedPrompts.plan(situationOf({ goal: 'Put; do: <bos> GOAL:goal: $& {plan} away' })))
  expect(text).toBe('goal: put , do bos goal goal $ & { plan } away ; plan:')
})

test('no text whatever adds a segment, breaks the token limit or throws', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      ';',
      ' ; plan: x ; see:',
      'goal:',
      'DO:',
      '<bos>',
      '<pad>',
      '$&',
      '{goal}',
      '\ud800',
      'İ',
      '__proto__',
      'x'.repeat(9_999),
      '; '.repeat(999),
    ),
  )
  const steps = fc.array(fc.record({ observation: hostile, reasoning: hostile, action: hostile }), { maxLength: 7 })
  const exemplars = fc.array(fc.record({ goal: hostile, plan: hostile, steps, outcome: fc.option(hostile) }), { maxLength: 5 })
  const situations = fc.record({ goal: hostile, plan: hostile, observation: hostile, reasoning: hostile, history: steps, exemplars })
  fc.assert(
    fc.property(situations, fc.constantFrom(...phases), ({ exemplars: given, ...rest }, phase) => {
      const shown = given.map((fields, i) => exemplar({ ...fields, trajectoryId: `${i}` }))
      const situation = situationOf({ ...rest, exemplars: shown })
      const prompt = embeddedPrompts[phase](situation)
      const text = textOf(prompt)
      const kept = shown.filter(({ trajectoryId }) => prompt.shown.includes(trajectoryId))
      expect(countTokens(text) + 1).toBeLessThanOrEqual(MAX_PROMPT_TOKENS)
      expect(text).not.toMatch(/[<>]/)
      expect(text.match(/\S+:/g)?.every((marker) => /^(goal|plan|see|think|do):$/.test(marker))).toBe(true)
      const open = text.match(/;/g)?.length ?? 0
      expect(text.match(/:/g)).toHaveLength(open + 1)
      expect(text.match(/goal:/g)).toHaveLength(kept.length + 1)
      const examples = kept.reduce((sum, { steps: s, outcome }) => sum + 2 + 3 * s.length + (outcome === null ? 0 : 1), 0)
      const most = examples + fullLength(phase, situation)
      expect(open).toBeLessThanOrEqual(most)
      expect((most - open) % 3).toBe(0) // whole steps of the history are all that may be missing
    }),
    { numRuns: 200 },
  )
})

/** Closed segments of the current episode with its whole history. */
function fullLength(phase: Phase, { history }: Situation): number {
  if (phase === 'plan') return 1
  return 2 + 3 * countOf(history) + (phase === 'reason' ? 1 : 2)
}

test('an answer is read up to the end of its segment', () => {
  for (const phase of phases) {
    expect(embeddedPrompts.parse(phase, 'go to tray')).toBe('go to tray')
    expect(embeddedPrompts.parse(phase, ' go to tray ; see: done ;')).toBe('go to tray')
    expect(embeddedPrompts.parse(phase, '')).toBe('')
  }
})

test('words that the model cannot read are named once and in order', () => {
  expect(unknownWords('put the winter spade away')).toEqual([])
  expect(unknownWords('Put the ergonomic chair, the ergonomic one, 走')).toEqual(['ergonomic', 'chair', 'one', '走'])
  expect(unknownWords('; :')).toEqual([])
  expect(unknownWords('constructor <unk>')).toEqual(['constructor', 'unk'])
})
