import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Effect } from '../../src/core/environment.ts'
import { EFFECTS, exceeds, riskier } from '../../src/security/effects.ts'

const effects = fc.constantFrom(...EFFECTS)

test('the order goes from reading to paying', () => {
  expect(EFFECTS).toEqual(['read', 'fill', 'submit', 'navigate', 'destructive', 'pay'])
  expect(EFFECTS.filter((effect) => exceeds(effect, 'fill'))).toEqual(['submit', 'navigate', 'destructive', 'pay'])
})

test('the graver of two is one of them, exceeded by neither, in whatever order they come', () => {
  fc.assert(
    fc.property(effects, effects, (a, b) => {
      const graver = riskier(a, b)
      expect([a, b]).toContain(graver)
      expect(exceeds(a, graver) || exceeds(b, graver)).toBe(false)
      expect(riskier(b, a)).toBe(graver)
    }),
  )
})

test('what is on no list is graver than all that is', () => {
  expect(exceeds('launch' as Effect, 'pay')).toBe(true)
  expect(riskier('pay', 'launch' as Effect)).toBe('launch')
  expect(exceeds('read', 'launch' as Effect)).toBe(true)
})
