import fc from 'fast-check'
import { expect, test } from 'vitest'
import { trajectoryInputSchema, trajectorySchema, storedTrajectorySchema } from '../../src/core/trajectory-schemas.ts'
import { parse } from '../../src/util/validate.ts'
import { step, trajectory } from '../support/trajectories.ts'

const long = 'x'.repeat(1_000_001)
const longest = 'x'.repeat(1_000_000)
const nested = (levels: number): object => JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`) as object
const cycle: Record<string, unknown> = {}
Object.assign(cycle, { a: cycle, b: [cycle, cycle] })

const input = (fields: object): object => ({ goal: 'g', steps: [], ...fields })

test.each([
  ['a goal', { goal: long }, 'goal must be at most 1,000,000 characters long, not 1,000,001'],
  ['a plan', { plan: long }, 'plan must be at most 1,000,000 characters long, not 1,000,001'],
  ['an outcome', { outcome: long }, 'outcome must be at most 1,000,000'],
  ['an observation', { steps: [step('a'), step(long, '', '')] }, 'steps.1.observation must be at most 1,000,000'],
  ['a reasoning', { steps: [step('a', long, '')] }, 'steps.0.reasoning must be at most 1,000,000'],
  ['an action', { steps: [step('a', '', long)] }, 'steps.0.action must be at most 1,000,000'],
  ['the origin', { provenance: { origin: long } }, 'provenance.origin must be at most 1,000,000'],
  ['a task id', { taskId: 'x'.repeat(1001) }, 'taskId must be at most 1,000 characters long, not 1,001'],
  ['an id', { id: 'x'.repeat(257) }, 'id must be at most 256 characters long, not 257'],
  ['the id of another', { supersedes: 'x'.repeat(257) }, 'supersedes must be at most 256'],
  ['steps', { steps: Array(10_001).fill(step('a')) }, 'steps must be at most 10,000 items long, not 10,001'],
  [
    'all together',
    { steps: Array(8).fill(step(longest, '', '')) },
    'the value must be at most 8,000,000 characters of texts and metadata, not 8,000,001',
  ],
  ['metadata', { metadata: { a: 'x'.repeat(8_000_001) } }, 'metadata must be at most 8,000,000 characters in all'],
  ['the metadata of steps together', { steps: Array(9).fill({ ...step('a'), metadata: { a: longest } }) }, 'the value must be at most 8,0'],
  ['deep metadata', { metadata: nested(65) }, 'metadata must be at most 64 levels deep'],
  ['deep metadata of a step', { steps: [{ ...step('a'), metadata: nested(100_000 / 20) }] }, 'steps.0.metadata must be at most 64'],
  ['cyclic metadata', { metadata: cycle }, 'metadata must be at most 64 levels deep'],
  ['sparse metadata', { metadata: { a: Array(4e9) } }, 'metadata must be at most 8,000,000 characters in all'],
  ['a date in metadata', { metadata: { a: [{ b: new Date(0) }] } }, 'metadata must hold nothing but values of JSON'],
  ['a number that is none in metadata', { metadata: { a: NaN } }, 'metadata must hold nothing but values of JSON'],
  ['a list for metadata', { metadata: [] }, 'metadata must be an object'],
])('too large or unfit: %s is refused with the field, its size and the limit', (_, fields, message) => {
  expect(() => parse(trajectoryInputSchema, input(fields), 'add')).toThrow(`add: ${message}`)
  expect(() => parse(trajectoryInputSchema, input(fields), 'add')).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  if (!('provenance' in fields)) expect(() => parse(trajectorySchema, { ...trajectory(), ...fields }, 'add')).toThrow()
})

test('the limits themselves are allowed', () => {
  const eight = Array.from({ length: 10_000 }, () => step('o', 'r', 'a'))
  const largest = input({ id: 'x'.repeat(256), taskId: 'y'.repeat(1000), goal: longest, steps: eight, metadata: nested(64) })
  expect(parse(trajectoryInputSchema, largest, 'add')).toEqual(largest)
  const full = input({ goal: 'g', plan: 'x'.repeat(999_999), steps: Array(7).fill(step(longest, '', '')) })
  expect(parse(trajectoryInputSchema, full, 'add')).toEqual(full)
})

test('a stored trajectory is read whatever its size, since it was acknowledged once', () => {
  const large = trajectory({ goal: long, metadata: nested(100) as never })
  expect(parse(storedTrajectorySchema, large, 'row')).toEqual(large)
})

test('names of built-in properties are ids and keys like any others', () => {
  for (const id of ['__proto__', 'constructor', 'toString', '../../etc', '']) {
    const metadata = JSON.parse(`{"__proto__": {"polluted": true}, "constructor": "c"}`) as never
    const given = trajectory({ id: id || ' ', taskId: id, supersedes: 'valueOf', metadata })
    for (const schema of [trajectorySchema, storedTrajectorySchema]) {
      const read = parse(schema, given, 'x')
      expect([read.id, read.taskId, read.supersedes]).toEqual([given.id, given.taskId, 'valueOf'])
      expect(JSON.stringify(read.metadata)).toBe(JSON.stringify(metadata))
    }
  }
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('metadata is copied, so that a caller that changes it later changes nothing that was checked', () => {
  const metadata = { list: [1] }
  const checked = parse(trajectorySchema, trajectory({ metadata }), 'x')
  metadata.list.push(NaN)
  expect(checked.metadata).toEqual({ list: [1] })
})

test('any JSON of few levels is metadata, and comes out as it went in', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (metadata) => {
      const plain = JSON.parse(JSON.stringify(metadata)) as never
      expect(parse(trajectorySchema, trajectory({ metadata: plain }), 'x').metadata).toEqual(plain)
    }),
  )
})

test('whatever the value, the schemas refuse or accept it and never throw', () => {
  fc.assert(
    fc.property(fc.anything({ maxDepth: 4, withDate: true, withMap: true, withNullPrototype: true }), (value) => {
      for (const schema of [trajectorySchema, trajectoryInputSchema, storedTrajectorySchema])
        for (const tried of [value, { ...trajectory(), metadata: value }, { ...trajectory(), steps: value }])
          expect(typeof schema.safeParse(tried).success).toBe('boolean')
    }),
  )
})
