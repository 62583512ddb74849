import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonSchema } from '../../../src/core/json.ts'
import { findJson, wholeObject } from '../../../src/llm/structured/find-json.ts'
import { kindsOf, type JsonKind } from '../../../src/llm/structured/json-kinds.ts'

const first = (text: string, ...kinds: JsonKind[]): unknown => {
  const [json] = findJson(text, kinds.length > 0 ? new Set(kinds) : undefined).candidates
  return json === undefined ? undefined : JSON.parse(json)
}

/** Of words: no brackets, quotes, digits, and no word that is JSON. */
const prose = fc.array(fc.constantFrom('Sure,', 'here', "it's", 'the answer:', 'I think', '\n', '- ', '!', '漢字', '🙂', '`', '**'), {
  maxLength: 12,
})
const spoken = prose.map((words) => words.join(' '))
const isSafe = (value: unknown): boolean => !JSON.stringify(value).includes('__proto__') && !/[\u2028\u2029]/.test(JSON.stringify(value))
const values = fc.jsonValue({ maxDepth: 5 }).filter(isSafe)
const containers = values.filter((value) => typeof value === 'object' && value !== null)

const said = values.filter((value) => value !== null)

test('any JSON value but null comes back out of any prose around it, written in one line or many', () => {
  fc.assert(
    fc.property(spoken, said, spoken, fc.constantFrom(undefined, 2), (before, value, after, indent) => {
      expect(first(`${before} ${JSON.stringify(value, null, indent)} ${after}`)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('any JSON value comes back out of a code fence, whatever stands around that', () => {
  const anything = fc
    .string({ unit: 'binary', maxLength: 40 })
    .filter((text) => !/```|<\/?think/.test(text) && !/[\u2028\u2029]/.test(text))
  fc.assert(
    fc.property(anything, values, spoken, fc.constantFrom('', 'json', 'JSON5'), (before, value, after, language) => {
      const text = `${before}\n\`\`\`${language}\n${JSON.stringify(value, null, 2)}\n\`\`\`\n${after}`
      expect(findJson(text).candidates.map((json) => JSON.parse(json) as unknown)).toContainEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('of several values the last one comes first, and all of them are there', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(spoken, containers), { minLength: 1, maxLength: 10 }), (parts) => {
      const text = parts.map(([before, value]) => `${before} ${JSON.stringify(value)}`).join('\n')
      expect(findJson(text).candidates.map((json) => JSON.parse(json) as unknown)).toEqual(
        parts.map(([, value]) => JSON.parse(JSON.stringify(value)) as unknown).toReversed(),
      )
    }),
  )
})

test('no text makes it throw, and every candidate is JSON but for wrong escapes', () => {
  const hostile = fc.array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '\\',
      ',',
      ':',
      'a',
      '1',
      '-',
      '.',
      'true',
      ' ',
      '\n',
      '```',
      '```json',
      '<think>',
      '</think>',
      '{"a":',
      '\u0000',
      '\ud800',
    ),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        hostile.map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        for (const json of findJson(text).candidates) if (!json.includes('\\')) JSON.parse(json)
      },
    ),
    { numRuns: 2000 },
  )
})

test('a cut value yields no parts of itself', () => {
  fc.assert(
    fc.property(containers, fc.nat(), (value, at) => {
      const text = JSON.stringify({ first: value, second: value })
      const cut = text.slice(0, 9 + (at % (text.length - 9)))
      expect(findJson(`Here: ${cut}`)).toMatchObject({ candidates: [], unfinished: true })
    }),
  )
})

test.each<[string, string, unknown]>([
  ['a comma too many', 'so {"a": [1, 2, ], } it is', { a: [1, 2] }],
  ['single quotes', `{'a': 'it\\'s "so"'}`, { a: 'it\'s "so"' }],
  ['keys without quotes', '{a: 1, b_2: {c: null}}', { a: 1, b_2: { c: null } }],
  ["Python's literals", "{'a': True, 'b': [False, None]}", { a: true, b: [false, null] }],
  ['a raw line break in a string', '{"a": "one\ntwo\tthree"}', { a: 'one\ntwo\tthree' }],
])('%s is put right', (_label, text, value) => {
  expect(first(text)).toEqual(value)
})

test.each<[string, string, unknown]>([
  ['a bracket in prose before it', 'See [note] and {plan}: {"a":1}', { a: 1 }],
  ['braces in strings', '{"a":"} ] {","b":"\\"}"}', { a: '} ] {', b: '"}' }],
  ['brackets around it that are prose', '[Note: {"a":1}]', { a: 1 }],
  ['a fence that shares its line', 'x ```json {"a":1}``` y', { a: 1 }],
  ['a fence that is never closed', '```json\n{"a":1}', { a: 1 }],
  ['prose that never closes its bracket, before a fence', 'Options: ["x" or {"y\n```\n{"a":1}\n```', { a: 1 }],
  ['a broken draft before it', '{"a": oops, "b": {"c": 1}} I mean {"a":1}', { a: 1 }],
  ['thoughts before it', '<think>maybe {"a":0}?</think>\n{"a":1}', { a: 1 }],
  ['thoughts whose beginning stood in the prompt', 'maybe {"a":0}?\n</think>\n{"a":1}', { a: 1 }],
  ['prose, a closing tag within it', 'Here: {"a":"<think>x</think>"}', { a: '<think>x</think>' }],
  ['a closing tag within it', '{"a":"</think>"}', { a: '</think>' }],
  ['quotes of the prose before it', 'The "{" begins it: {"a":1}', { a: 1 }],
])('it is found behind or within %s', (_label, text, value) => {
  expect(first(text, 'object')).toEqual(value)
})

test.each([
  ['thoughts with a draft, and no answer behind them', 'maybe {"a":0}?</think> I cannot say.'],
  ['thoughts without an end', '<think>maybe {"a":0}'],
  ['parts of a broken value', '{"items":[{"a":1} {"a":2}]}'],
  ['ambiguous quotes', "{'a': 'it's'}"],
  ['other kinds', 'I have 3 ideas: ["x"], "y" and true.'],
  ['no JSON', 'I cannot say.'],
])('%s yield no object', (_label, text) => {
  expect(findJson(text, new Set<JsonKind>(['object'])).candidates).toEqual([])
})

test.each<[string, string, JsonKind, unknown]>([
  ['a number', 'The answer is 42.', 'number', 42],
  ['the only one, said twice', 'Of -1.5e3 parts -1.5e3 is it', 'number', -1500],
  ['behind a colon at the end', 'Of 7 parts it is not 3. **Answer:** 5.', 'number', 5],
  ['on a line of its own', 'Of 7 parts:\n\n**5**\n\nThat is out of 10.', 'number', 5],
  ['null as the whole answer', ' null ', 'null', null],
  ['one of several', 'The answer is not 5 but 7 (out of 10)', 'number', undefined],
  ['a quoted choice', 'I cannot answer "yes" or "no".', 'string', undefined],
  ['several lines', '5\n7', 'number', undefined],
  ['a colon that takes back', 'I had 5. The answer is not: 7', 'number', undefined],
  ['null is a word of prose', 'I am not sure, there is null info', 'null', undefined],
  ['a version is no number', 'version 1.2.3 or v4 or item-5', 'number', undefined],
  ['a truth', 'I would say: **true**', 'boolean', true],
  ['a quoted text', 'It is "so\\n".', 'string', 'so\n'],
])('of words and numbers in prose the one that is meant counts: %s', (_label, text, kind, value) => {
  expect(first(text, kind)).toEqual(value)
})

test.each([
  ['opening brackets', '['.repeat(1e6)],
  ['opening brackets that fail again and again', '[[[[[[[[[[x'.repeat(1e5)],
  ['braces and quotes', '{"'.repeat(5e5)],
  ['broken lists within each other', '["a" b '.repeat(1.5e5)],
  ['escaped quotes', `"${'\\"'.repeat(5e5)}`],
  ['closed pairs', '[]'.repeat(5e5)],
  ['deep nesting', '['.repeat(5e5) + ']'.repeat(5e5)],
  ['thoughts', '<think></think>'.repeat(7e4)],
  ['fences', '```\n'.repeat(2.5e5)],
])('a million characters of %s are read in time that grows with their number', (_label, text) => {
  // Quadratic work would take minutes here and run into the test's time limit.
  for (const json of findJson(text).candidates) expect(json.length).toBeLessThanOrEqual(text.length)
})

test('a million spaces around an object are read in time that grows with their number', () => {
  const spaces = ' '.repeat(1e6)
  expect(wholeObject(`${spaces}\`\`\`json${spaces}{}${spaces}\`\`\`${spaces}`)).toBe('{}')
  expect(wholeObject(`{}${spaces}x`)).toBeUndefined()
  expect(findJson(`{}${spaces}x`)).toMatchObject({ candidates: ['{}'], trailed: true })
})

test.each<[JsonSchema, JsonKind[]]>([
  [{ type: 'integer' }, ['number']],
  [{ type: ['object', 'null'] }, ['object', 'null']],
  [{ enum: ['a', 1, null, [1]] }, ['string', 'number', 'null', 'array']],
  [{ const: {} }, ['object']],
  [{ anyOf: [{ type: 'string' }, { const: true }] }, ['string', 'boolean']],
  [{ $ref: '#/$defs/a' }, ['object', 'array', 'string', 'number', 'boolean', 'null']],
])('%j lets through its kinds', (schema, kinds) => {
  expect(kindsOf(schema)).toEqual(new Set(kinds))
})
