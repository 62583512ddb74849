import { expect, test } from 'vitest'
import type { ModelCall } from '../../../src/core/model.ts'
import { cascadeReport } from '../../../src/learning/cascade/cascade-report.ts'
import type { EpisodeTally } from '../../../src/learning/cascade/tally.ts'

const call = (model: string, inputTokens: number): ModelCall => ({ model, usage: { inputTokens, outputTokens: 0 }, milliseconds: 10 })
const episode = (success: boolean, actions: string[], calls: ModelCall[]): EpisodeTally => ({
  goal: 'g',
  success,
  actions,
  decisions: actions,
  calls,
})
const prices = { asOf: '2026-01-31', models: { s: { input: 1, output: 1 }, t: { input: 10, output: 10 } } }
const arms = [
  {
    name: 'cascade',
    episodes: Array.from({ length: 10 }, (_, i) => episode(i > 0, ['s', 's', 's', i < 4 ? 't' : 's'], [call('s', 2000), call('t', 400)])),
  },
  { name: 'teacher', episodes: Array.from({ length: 10 }, () => episode(true, ['t'], [call('t', 1000)])) },
]

test('a report sets success, deferrals and costs against the teacher alone', () => {
  const { rows } = cascadeReport({ teacher: 't', arms, prices, demonstrations: 100 })
  expect(rows[0]).toMatchObject({
    arm: 'cascade',
    episodes: 10,
    success: { value: 0.9, low: expect.closeTo(0.5958, 4) as number, high: expect.closeTo(0.9821, 4) as number },
    steps: 4,
    deferredSteps: { value: 0.1 },
    models: {
      s: { calls: 10, inputTokens: 20_000, costUSD: expect.closeTo(0.02) as number },
      t: { costUSD: expect.closeTo(0.04) as number },
    },
    costUSD: expect.closeTo(0.006) as number,
    relativeCost: expect.closeTo(0.6) as number,
    milliseconds: 20,
    // 100 · 0.01 / (0.01 − 0.006)
    breakEvenEpisodes: expect.closeTo(250) as number,
    // 2000 cheap tokens stand for 600 saved ones.
    breakEvenPriceRatio: expect.closeTo(10 / 3) as number,
  })
  expect(rows[1]).toMatchObject({ relativeCost: 1, breakEvenEpisodes: null, breakEvenPriceRatio: null, deferredSteps: { value: 1 } })
})

test('an arm that is not cheaper never pays off', () => {
  const dear = { ...prices, models: { ...prices.models, s: { input: 4, output: 4 } } }
  expect(cascadeReport({ teacher: 't', arms, prices: dear, demonstrations: 100 }).rows[0]?.breakEvenEpisodes).toBe(Infinity)
})

test('without a price there are tokens and no guess', () => {
  const partly = { ...prices, models: { s: prices.models.s } }
  for (const known of [{}, { prices: partly }]) {
    const { rows, markdown } = cascadeReport({ teacher: 't', arms, ...known, demonstrations: 100 })
    expect(rows[0]).toMatchObject({ costUSD: null, relativeCost: null, breakEvenEpisodes: null })
    expect(markdown).toContain('not known')
  }
})

test('what a provider says a call cost goes before the table', () => {
  const told = [
    {
      name: 'teacher',
      episodes: [episode(true, ['t'], [{ ...call('t', 1000), usage: { inputTokens: 1000, outputTokens: 0, costUSD: 7 } }])],
    },
  ]
  expect(cascadeReport({ teacher: 't', arms: told, prices }).rows[0]?.costUSD).toBe(7)
})

test('the table has a row for each arm and no column that says nothing', () => {
  const { markdown } = cascadeReport({ teacher: 't', arms, prices })
  const lines = markdown.trim().split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).not.toContain('pays off')
  expect(lines[2]).toContain('90.0 [59.6–98.2]')
})

test('arms without episodes make no figures, and a wrong table of prices is refused', () => {
  const { rows } = cascadeReport({ teacher: 't', arms: [{ name: 'teacher', episodes: [] }], prices })
  expect(rows[0]).toMatchObject({ episodes: 0, costUSD: null, success: { low: 0, high: 1 } })
  expect(() => cascadeReport({ teacher: 't', arms, prices: { asOf: 'today', models: {} } })).toThrow(
    expect.objectContaining({ code: 'invalid-options' }) as Error,
  )
})
