import { expect, test } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import { stepResultSchema } from '../../src/core/schemas.ts'
import type { ApprovalRequest, Environment } from '../../src/core/environment.ts'
import { toolEnvironment } from '../../src/environments/tool-environment.ts'
import { parse } from '../../src/util/validate.ts'

const { signal } = new AbortController()
const context = (answer = false, asked: ApprovalRequest[] = []) => ({
  signal,
  approve: (request: ApprovalRequest) => (asked.push(request), Promise.resolve(answer)),
})
const step = async (environment: Environment, action: string, answer?: boolean) =>
  parse(stepResultSchema, await environment.step(action, context(answer)), 'step')
const see = async (environment: Environment, action: string): Promise<string> => (await step(environment, action)).observation

/** A desk with two ways to describe input, as users write it. */
function desk() {
  const calls: unknown[] = []
  const environment = toolEnvironment({
    tools: [
      {
        name: 'find',
        description: 'Finds a ticket.',
        inputSchema: z.object({ ticket: z.number().int(), fields: z.array(z.string()).default(['title']) }),
        execute: ({ ticket, fields }) => {
          calls.push({ ticket, fields })
          return { ticket, title: `Ticket ${ticket.toFixed(0)}`, fields: fields.join() }
        },
      },
      {
        name: 'note',
        description: 'Writes a note.',
        inputSchema: {
          type: 'object',
          properties: { text: { type: 'string', minLength: 1 } },
          required: ['text'],
          additionalProperties: false,
        },
        effect: 'fill',
        execute(input: { text: string }) {
          calls.push(input)
        },
      },
    ],
  })
  return { environment, calls }
}

test('the first observation is what the host says, else the names of the tools', async () => {
  const tools = [{ name: 'look', description: 'Looks.', inputSchema: z.object({ at: z.string() }), execute: () => 'seen' }]
  const told = toolEnvironment({ tools, observation: (goal) => `Goal: ${goal}` })
  expect(await told.reset('find {plan} $&', { signal })).toBe('Goal: find {plan} $&')
  expect(await toolEnvironment({ tools }).reset('find it', { signal })).toBe('Tools: look, finish.')
})

test.each([
  ['JSON', '{"tool":"find","input":{"ticket":7}}'],
  ['a function', 'find({"ticket":7})'],
  ['a function with space and semicolon', '  find ( {"ticket": 7} );\n'.replace('find (', 'find(')],
  ['a code fence', '```json\n{"tool":"find","input":{"ticket":7}}\n```'],
])('a call written as %s reaches its tool with validated input, defaults filled in', async (_label, action) => {
  const { environment, calls } = desk()
  expect(await step(environment, action)).toEqual({
    observation: '{"ticket":7,"title":"Ticket 7","fields":"title"}',
    done: false,
    success: false,
    judge: 'agent',
  })
  expect(calls).toEqual([{ ticket: 7, fields: ['title'] }])
})

test.each([
  ['an empty action', '  ', /empty/],
  ['prose', 'I would look for ticket 7', /not a tool call.*Tools: find, note, finish/],
  ['prose around a call', 'Let me: find({"ticket":7})', /not a tool call/],
  ['two calls', 'find({"ticket":7})\nfind({"ticket":8})', /not valid JSON/],
  ['a call with a comment after it', 'find({"ticket":7}) now', /end with "\)"/],
  ['broken JSON', '{"tool":"find","input":{"ticket":7}', /not valid JSON/],
  ['broken input', 'find({ticket: 7})', /input of "find" is not valid JSON/],
  ['JSON without a tool', '{"input":{}}', /no "tool"/],
  ['fields that are none', '{"tool":"find","ticket":7}', /unknown fields: "ticket".*"input"/],
  ['an unknown tool', 'fnd({"ticket":7})', /no tool "fnd".*Tools: find, note, finish/],
  ['a prototype name as a tool', 'constructor({})', /no tool "constructor"/],
  ['__proto__ as a tool', '{"tool":"__proto__","input":{}}', /no tool "__proto__"/],
  ['toString as a tool', 'toString()', /no tool "toString"/],
  ['an input nested too deep', `note({"text":${'['.repeat(100)}1${']'.repeat(100)}})`, /nested more than 64 deep/],
  ['__proto__ as a key', 'note({"text":"x","__proto__":{"admin":true}})', /"__proto__" is not allowed/],
  ['a wrong type (zod)', 'find({"ticket":"seven"})', /input of find is wrong: ticket: .*number[^{]*[^.]\.$/],
  ['a missing field (zod)', 'find({})', /ticket/],
  ['a wrong value (JSON Schema)', 'note({"text":""})', /input of note is wrong: text: .*short/],
  ['a missing field (JSON Schema)', 'note({})', /required property "text"/],
  ['an extra field (JSON Schema)', 'note({"text":"x","constructor":1})', /constructor/],
  ['input that is no object', 'note([1])', /array/],
  ['finish with more than an answer', 'finish({"answer":1,"sure":true})', /"answer" and nothing else/],
  ['finish with a bare text', 'finish("42")', /"answer" and nothing else/],
])('%s is observed as a problem, and no tool is called', async (_label, action, problem) => {
  const { environment, calls } = desk()
  expect(await step(environment, action)).toMatchObject({
    observation: expect.stringMatching(problem) as string,
    done: false,
    success: false,
  })
  expect(calls).toEqual([])
})

test('a megabyte of nonsense is answered in short', async () => {
  const { environment } = desk()
  for (const action of [
    'x'.repeat(1e6),
    '('.repeat(1e6),
    `{"tool":"${'y'.repeat(1e6)}"}`,
    `find(${' '.repeat(1e6)}`,
    '```'.repeat(3e5),
    `note({"text":${'['.repeat(1e5)}`,
  ])
    expect((await see(environment, action)).length).toBeLessThan(1000)
})

test('tools may be named like members of every object', async () => {
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty']
  const environment = toolEnvironment({
    tools: names.map((name) => ({ name, description: '', inputSchema: {}, execute: () => `called ${name}` })),
  })
  for (const name of names) expect(await see(environment, `${name}({})`)).toBe(`called ${name}`)
})

test('results are observed as they are: text unchanged, the rest as JSON, nothing as done', async () => {
  const results: unknown[] = ['$& {plan} {{x}} </data>', { a: [1, null] }, undefined, 10n, () => 1, null, 0]
  const environment = toolEnvironment({ tools: [{ name: 'next', description: '', inputSchema: {}, execute: () => results.shift() }] })
  const seen = []
  while (results.length > 0) seen.push(await see(environment, 'next()'))
  expect(seen).toEqual([
    '$& {plan} {{x}} </data>',
    '{"a":[1,null]}',
    'next is done.',
    '(something that is not JSON)',
    '(a function, which is not JSON)',
    'null',
    '0',
  ])
})

test('a long result is cut between characters, and the observation says so', async () => {
  const environment = toolEnvironment({
    tools: [{ name: 'read', description: '', inputSchema: {}, execute: () => '🙂'.repeat(500_000) }],
    maxCharacters: 101,
  })
  const observation = await see(environment, 'read()')
  expect(observation).toBe(`${'🙂'.repeat(50)}… (1000000 characters, of which the first 100 are shown)`)
})

test('what a tool throws is observed', async () => {
  const errors: unknown[] = [new Error('no such ticket'), 'a string', new DOMException('', 'AbortError')]
  const environment = toolEnvironment({
    tools: [
      {
        name: 'find',
        description: '',
        inputSchema: {},
        execute: () => {
          throw errors.shift() // eslint-disable-line typescript/only-throw-error
        },
      },
    ],
  })
  for (const text of ['find failed: no such ticket', 'find failed: a string', 'find failed: AbortError'])
    expect(await see(environment, 'find()')).toBe(text)
})

test('zod/mini schemas are described by jsonSchema', async () => {
  const schema = mini.object({ n: mini.number() })
  const tool = { name: 'add', description: '', inputSchema: schema, execute: ({ n }: { n: number }) => n + 1 }
  expect(() => toolEnvironment({ tools: [tool] })).toThrow(
    expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining('jsonSchema') as string }),
  )
  const environment = toolEnvironment({ tools: [{ ...tool, jsonSchema: mini.toJSONSchema(schema) }] })
  expect(await see(environment, 'add({"n":1})')).toBe('2')
})

test.each([
  ['no tools', { tools: [] }, /tools must hold at least one tool\.$/],
  ['no options', undefined, /must be an object/],
  ['a tool without a function', { tools: [{ name: 'a', description: '', inputSchema: {} }] }, /execute must be a function/],
  ['a name with a space', { tools: [{ name: 'a b', description: '', inputSchema: {}, execute() {} }] }, /name must be 1 to 64 .*[^.]\.$/],
  [
    'an unknown effect',
    { tools: [{ name: 'a', description: '', inputSchema: {}, execute() {}, effect: 'explode' }] },
    /effect must be one of/,
  ],
  ['one name twice', { tools: [1, 2].map(() => ({ name: 'a', description: '', inputSchema: {}, execute() {} })) }, /given twice/],
  [
    'a tool named finish',
    { tools: [{ name: 'finish', description: '', inputSchema: {}, execute() {} }] },
    /finish: that one is built in.*Rename/,
  ],
])('%s is refused', (_label, options, message) => {
  expect(() => toolEnvironment(options as never)).toThrow(
    expect.objectContaining({ code: 'invalid-options', message: expect.stringMatching(message) as string }),
  )
})

test('an inputSchema that is no JSON Schema is refused before the first step, one with a wrong reference when it is met', async () => {
  const tool = { name: 'a', description: '', execute: () => 'ok' }
  const broken = toolEnvironment({ tools: [{ ...tool, inputSchema: { properties: { at: { default: () => 1 } } } }] })
  await expect((async () => broken.reset('g', { signal }))()).rejects.toMatchObject({
    code: 'invalid-options',
    message: expect.stringContaining('no JSON Schema') as string,
  })
  const dangling = toolEnvironment({ tools: [{ ...tool, inputSchema: { $ref: '#/$defs/gone' } }] })
  await dangling.reset('g', { signal })
  await expect((async () => dangling.step('a({})', context()))()).rejects.toMatchObject({ code: 'environment-failed' })
})
