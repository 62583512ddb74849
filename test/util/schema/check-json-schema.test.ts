import { expect, test } from 'vitest'
import * as z from 'zod'
import { checkJsonSchema } from '../../../src/util/schema/check-json-schema.ts'
import { toolEnvironment } from '../../../src/environments/tool-environment.ts'
import type { JsonSchema } from '../../../src/core/json.ts'

test.each<[string, JsonSchema, RegExp]>([
  ['a misspelt type', { type: 'objekt' }, /type is "objekt", but must be one of string, .*null\.$/],
  ['a misspelt type deep inside', { properties: { desk: { items: { type: 'sting' } } } }, /properties\.desk\.items\.type is "sting"/],
  ['a list of types with a wrong one', { type: ['string', 'nil'] }, /type is "nil"/],
  ['no type at all in the list', { type: [] }, /type is \[\]/],
  ['properties as a list', { properties: [] }, /properties must be an object of schemas/],
  ['a property that is a type name', { properties: { n: 'number' } }, /properties\.n must be a schema/],
  ['required as one name', { required: 'ticket' }, /required must be an array of strings/],
  ['required as a flag, as in an old draft', { properties: { n: { required: true } } }, /properties\.n\.required must be an array/],
  ['enum as an object', { enum: { a: 1 } }, /enum must be an array/],
  ['a limit as text', { minLength: '3' }, /minLength must be a number/],
  ['a pattern that is none', { pattern: '(' }, /pattern must be a regular expression/],
  ['an alternative that is none', { anyOf: [{ type: 'string' }, null] }, /anyOf\.1 must be a schema/],
  ['a definition that is wrong', { $defs: { a: { type: 'int' } } }, /\$defs\.a\.type is "int"/],
  ['tuple items of an old draft, one wrong', { items: [{}, { type: 1 }] }, /items\.1\.type is 1/],
])('%s is refused, and the place is named', (_label, schema, message) => {
  expect(() => checkJsonSchema(schema, 'The tool a has a wrong inputSchema')).toThrow(
    expect.objectContaining({ code: 'invalid-options', message: expect.stringMatching(message) as string }),
  )
})

test('a schema that contains itself is refused, not followed for ever', () => {
  const schema: Record<string, unknown> = { type: 'object' }
  schema['properties'] = { next: schema }
  expect(() => checkJsonSchema(schema, 'x')).toThrow(expect.objectContaining({ code: 'invalid-options' }))
})

test.each<[string, JsonSchema]>([
  ['nothing', {}],
  [
    'properties named like keywords',
    { properties: { type: { type: 'string' }, required: {}, enum: true, constructor: {} }, required: ['type'] },
  ],
  [
    'data that looks like a schema',
    { default: { type: 'objekt' }, enum: [{ type: 'objekt' }], const: { required: 1 }, examples: [{ items: 1 }] },
  ],
  ['unknown keywords', { 'x-order': 1, constructor: 5, toString: 'a' }],
  ['an absent keyword', { required: undefined }],
  [
    'what zod writes',
    z.toJSONSchema(
      z.object({ a: z.array(z.enum(['x'])), b: z.union([z.string().regex(/^\d+$/), z.null()]), c: z.record(z.string(), z.int()) }),
    ),
  ],
])('%s is accepted', (_label, schema) => {
  expect(() => checkJsonSchema(schema, 'x')).not.toThrow()
})

test('the first reset names the tool whose schema is wrong, before the model is asked anything', async () => {
  const inputSchema = { type: 'object', properties: { ticket: { type: 'nummer' } } }
  const environment = toolEnvironment({ tools: [{ name: 'route', description: '', inputSchema, execute: () => 'ok' }] })
  for (const goal of ['first', 'again'])
    await expect((async () => environment.reset(goal, { signal: new AbortController().signal }))()).rejects.toMatchObject({
      code: 'invalid-options',
      message: expect.stringMatching(/^The tool route has a wrong inputSchema: properties\.ticket\.type is "nummer"/) as string,
    })
})
