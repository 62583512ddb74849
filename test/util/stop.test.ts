import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createStopFilter } from '../../src/util/stop.ts'

const run = (parts: readonly string[], stop: readonly string[]) => {
  const heard: string[] = []
  const filter = createStopFilter(stop, (delta) => void heard.push(delta))
  for (const part of parts) filter.push(part)
  return { ...filter.end(), heard }
}

test('however an answer is cut into parts, it ends before its first stop text', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c') })
  fc.assert(
    fc.property(fc.array(letters), fc.array(letters, { maxLength: 3 }), (parts, stop) => {
      const whole = parts.join('')
      const ends = stop
        .filter(Boolean)
        .map((text) => whole.indexOf(text))
        .filter((at) => at !== -1)
      const expected = ends.length > 0 ? whole.slice(0, Math.min(...ends)) : whole
      const { text, stopped, heard } = run(parts, stop)
      expect({ text, stopped, heard: heard.join('') }).toEqual({ text: expected, stopped: ends.length > 0, heard: expected })
    }),
  )
})

test('what cannot belong to a stop text is passed on at once', () => {
  expect(run(['look', ' \nObs', 'cure'], ['\nObservation']).heard).toEqual(['look', ' ', '\nObscure'])
})

test('a push tells whether a stop text was seen by now', () => {
  const filter = createStopFilter(['END'])
  expect(['look E', 'ND', 'more'].map((part) => filter.push(part))).toEqual([false, true, true])
  expect(filter.end()).toEqual({ text: 'look ', stopped: true })
})

test('a stop text that began before another one, and ends after it, counts first, however the answer is cut', () => {
  expect(run(['acc', 'b'], ['accb', 'c'])).toMatchObject({ text: '', stopped: true })
  expect(run(['accb'], ['accb', 'c'])).toMatchObject({ text: '', stopped: true })
  expect(run(['acc'], ['accb', 'c'])).toMatchObject({ text: 'a', stopped: true })
  expect(run(['acc', 'd'], ['accb', 'c'])).toMatchObject({ text: 'a', stopped: true })
})
