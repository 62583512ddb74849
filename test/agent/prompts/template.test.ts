import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fillTemplate, parseTemplate } from '../../../src/agent/prompts/template.ts'

const fill = (source: string, values: Record<string, string> = {}): string =>
  fillTemplate(parseTemplate(source, 'act'), (slot) => values[slot] ?? `<${slot}>`)

test('placeholders are filled', () => {
  expect(fill('Goal: {goal}\nPlan: {plan}!')).toBe('Goal: <goal>\nPlan: <plan>!')
})

test('JSON braces in a template stand for themselves', () => {
  const json = '{"action": {"tool": "x", "input": {"a": [1, {"b": 2}]}}}'
  expect(fill(`${json} {goal}`)).toBe(`${json} <goal>`)
  expect(fill('{ } {} {1} {"goal"}')).toBe('{ } {} {1} {"goal"}')
})

test('two braces are one literal brace, so that a placeholder can be written down', () => {
  expect(fill('{{goal} and {{{goal}')).toBe('{goal} and {<goal>')
})

test('values are never scanned again', () => {
  expect(fill('{goal}|{observation}', { goal: "$& {plan} {{ $1 $'", observation: '{goal}' })).toBe("$& {plan} {{ $1 $'|{goal}")
})

test('an unknown placeholder is refused with the names that exist', () => {
  expect(() => parseTemplate('{gaol}', 'plan')).toThrow(
    expect.objectContaining({ code: 'invalid-options', message: expect.stringMatching(/plan prompt.*\{gaol\}.*\{goal\}/) as string }),
  )
  expect(() => parseTemplate('{__proto__}', 'plan')).not.toThrow()
  expect(() => parseTemplate('{constructor}', 'plan')).toThrow(/unknown placeholder/)
})

test('any value comes out as it went in, wherever it stands', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (goal, plan) => {
      expect(fill('a{goal}b{plan}c{goal}', { goal, plan })).toBe(`a${goal}b${plan}c${goal}`)
    }),
  )
})
