import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Shown } from '../../src/core/memory.ts'
import { summarize } from '../../src/memory/ledger.ts'

test('an episode is told by one entry for each trajectory, in the order in which they were first shown', () => {
  const shown: Shown[] = [
    { trajectoryId: 'b', phase: 'plan', step: 0, score: 0.5, scores: { goal: 0.5 } },
    { trajectoryId: 'a', phase: 'reason', step: 0 },
    { trajectoryId: 'b', phase: 'act', step: 0, score: 1.5, scores: { goal: 0.5, plan: 0.5, reasoning: 1 } },
    { trajectoryId: 'b', phase: 'act', step: 1, score: 1.5 },
  ]
  expect(summarize(shown)).toEqual([
    {
      trajectoryId: 'b',
      share: 0.75,
      prompts: { plan: 1, act: 2 },
      best: { phase: 'act', step: 0, score: 1.5, scores: { goal: 0.5, plan: 0.5, reasoning: 1 } },
    },
    { trajectoryId: 'a', share: 0.25, prompts: { reason: 1 }, best: { phase: 'reason', step: 0 } },
  ])
})

test('an episode without exemplars was shown nothing', () => {
  expect(summarize([])).toEqual([])
})

test('the shares of an episode are those of its exemplars, and together all of them', () => {
  const one = fc.record({
    trajectoryId: fc.constantFrom('a', 'b', '__proto__', 'constructor'),
    phase: fc.constantFrom('plan' as const, 'reason' as const, 'act' as const),
    step: fc.nat(9),
  })
  fc.assert(
    fc.property(fc.array(one, { minLength: 1 }), (shown) => {
      const summaries = summarize(shown)
      for (const { trajectoryId, share, prompts } of summaries) {
        const count = shown.filter((each) => each.trajectoryId === trajectoryId).length
        expect(share).toBe(count / shown.length)
        expect(Object.values(prompts).reduce((sum, each) => sum + each, 0)).toBe(count)
      }
      expect(summaries.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
    }),
  )
})
