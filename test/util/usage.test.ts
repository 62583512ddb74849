import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Price } from '../../src/core/budget.ts'
import type { ModelCall, Usage } from '../../src/core/message.ts'
import { costOf, priced } from '../../src/util/prices.ts'
import { addUsage, NO_USAGE, totalsOf } from '../../src/util/usage.ts'

const tokens = fc.nat({ max: 2_000_000 })
const dollars = fc.double({ min: 0, max: 1000, noNaN: true })
const price: fc.Arbitrary<Price> = fc.record(
  { input: dollars, output: dollars, cachedInput: dollars },
  { requiredKeys: ['input', 'output'] },
)
const usage: fc.Arbitrary<Usage> = fc.record(
  { inputTokens: tokens, outputTokens: tokens, cachedInputTokens: tokens, costUSD: dollars },
  { requiredKeys: ['inputTokens', 'outputTokens'] },
)
const near = (a: number, b: number): void => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(a), Math.abs(b)))

test('a million tokens in, cached and out cost what the table says', () => {
  const table = { input: 3, output: 15, cachedInput: 0.3 }
  expect(costOf({ inputTokens: 1_000_000, outputTokens: 0 }, table)).toBe(3)
  expect(costOf({ inputTokens: 0, outputTokens: 1_000_000 }, table)).toBe(15)
  expect(costOf({ inputTokens: 1_000_000, outputTokens: 0, cachedInputTokens: 1_000_000 }, table)).toBe(0.3)
  expect(costOf({ inputTokens: 1_000_000, outputTokens: 0, cachedInputTokens: 1_000_000 }, { input: 3, output: 15 })).toBe(3)
})

test('costs are never negative, grow with tokens, and of a sum are the sum of the costs', () => {
  fc.assert(
    fc.property(usage, usage, price, (a, b, table) => {
      // More cached tokens than there are in the input are no discount on anything else.
      const [x, y] = [a, b].map((each) => ({ ...each, cachedInputTokens: Math.min(each.cachedInputTokens ?? 0, each.inputTokens) }))
      if (!x || !y) throw new Error('unreachable')
      expect(costOf(a, table)).toBeGreaterThanOrEqual(0)
      near(costOf(a, table), costOf(x, table))
      near(costOf(addUsage(x, y), table), costOf(x, table) + costOf(y, table))
      expect(costOf({ ...x, outputTokens: x.outputTokens + 1 }, table)).toBeGreaterThanOrEqual(costOf(x, table))
    }),
  )
})

test('sums do not depend on the order, keep every token, and know a cost where all parts do', () => {
  fc.assert(
    fc.property(fc.array(usage, { maxLength: 8 }), (parts) => {
      const sum = parts.reduce(addUsage, NO_USAGE)
      const back = parts.toReversed().reduce(addUsage, NO_USAGE)
      expect(sum.inputTokens).toBe(parts.reduce((total, part) => total + part.inputTokens, 0))
      expect(sum.outputTokens).toBe(parts.reduce((total, part) => total + part.outputTokens, 0))
      expect(sum.cachedInputTokens ?? 0).toBe(parts.reduce((total, part) => total + (part.cachedInputTokens ?? 0), 0))
      expect(sum.costUSD === undefined).toBe(parts.some((part) => part.costUSD === undefined))
      near(sum.costUSD ?? 0, back.costUSD ?? 0)
    }),
  )
})

const call = (over: Partial<Usage> = {}): ModelCall => ({
  model: 'a/b',
  usage: { inputTokens: 1000, outputTokens: 500, ...over },
  milliseconds: 7,
})
const table = { asOf: '2026-01-31', models: { 'a/b': { input: 1, output: 2 } } }

test('a call gets its cost from the table, unless its provider told it', () => {
  expect(priced(call(), table).usage.costUSD).toBeCloseTo(0.002, 12)
  expect(priced(call({ costUSD: 0 }), table).usage.costUSD).toBe(0)
})

test('no cost is guessed: no table, another model, a name that every object has, or a prompt whose tokens nobody told', () => {
  for (const [of, prices] of [
    [call(), undefined],
    [{ ...call(), model: 'a/c' }, table],
    [{ ...call(), model: 'toString' }, table],
    [call({ inputTokens: 0 }), table],
  ] as const)
    expect(priced(of, prices)).toBe(of)
})

test('totals of no calls cost nothing; of several they are sums', () => {
  expect(totalsOf([])).toEqual({ calls: 0, usage: NO_USAGE, milliseconds: 0 })
  expect(totalsOf([call({ costUSD: 1 }), call({ costUSD: 2 })])).toEqual({
    calls: 2,
    usage: { inputTokens: 2000, outputTokens: 1000, costUSD: 3 },
    milliseconds: 14,
  })
})
