/** What the compiler knows of a tool's input. The assertions are the types; the calls run so that nothing here is dead. */
import { expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import type { JsonSchema } from '../../src/core/json.ts'
import type { Tool } from '../../src/environments/tool.ts'
import { toolEnvironment } from '../../src/environments/tool-environment.ts'

const context = { signal: new AbortController().signal, approve: () => Promise.resolve(true) }
const base = { name: 'a', description: '' }

test('a JSON Schema written in place types the input', async () => {
  const environment = toolEnvironment({
    tools: [
      {
        ...base,
        inputSchema: {
          type: 'object',
          properties: {
            ticket: { type: 'integer' },
            desk: { enum: ['billing', 'support'] },
            tags: { type: 'array', items: { type: 'string' } },
            point: { type: 'array', prefixItems: [{ type: 'number' }], items: { type: 'string' } },
            more: {},
          },
          required: ['ticket', 'desk'],
        },
        execute(input) {
          expectTypeOf(input.ticket).toEqualTypeOf<number>()
          expectTypeOf(input.desk).toEqualTypeOf<'billing' | 'support'>()
          expectTypeOf(input.tags).toEqualTypeOf<readonly string[] | undefined>()
          expectTypeOf(input.point).toEqualTypeOf<readonly unknown[] | undefined>()
          expectTypeOf(input.more).toEqualTypeOf<unknown>()
          return input
        },
      },
    ],
  })
  expect((await environment.step('a({"ticket":1,"desk":"billing"})', context)).observation).toBe('{"ticket":1,"desk":"billing"}')
})

test('the input of a JSON Schema that tells nothing is an object of unknowns, never any', async () => {
  const wide: JsonSchema = { type: 'object' }
  for (const inputSchema of [wide, {}]) {
    const execute = ({ text }: Record<string, unknown>): unknown => text
    expect((await toolEnvironment({ tools: [{ ...base, inputSchema, execute }] }).step('a({"text":"x"})', context)).observation).toBe('x')
  }
  toolEnvironment({
    tools: [
      { ...base, inputSchema: wide, execute: ({ text }) => expectTypeOf(text).toEqualTypeOf<unknown>() },
      { ...base, name: 'b', inputSchema: {}, execute: ({ text }) => expectTypeOf(text).toEqualTypeOf<unknown>() },
      { ...base, name: 'c', inputSchema: wide, execute: (input: { text: string }) => input.text },
    ],
  })
})

test('a Standard Schema types the input by its output, also of tools made elsewhere', async () => {
  const made: Tool<{ n: number }> = { ...base, inputSchema: z.object({ n: z.number() }), execute: ({ n }) => n + 1 }
  const any: Tool[] = [{ ...base, inputSchema: {}, execute: () => 'ok' }]
  const environment = toolEnvironment({
    tools: [
      made,
      {
        ...base,
        name: 'b',
        inputSchema: z.object({ n: z.string().transform(Number) }),
        needsApproval: ({ n }) => n > 1,
        execute: ({ n }) => n.toFixed(1),
      },
      { ...base, name: 'c', inputSchema: mini.object({ n: mini.number() }), jsonSchema: {}, execute: ({ n }) => n.toFixed(2) },
    ],
  })
  expect((await environment.step('a({"n":1})', context)).observation).toBe('2')
  expect((await environment.step('b({"n":"1"})', context)).observation).toBe('1.0')
  expect((await environment.step('c({"n":1})', context)).observation).toBe('1.00')
  expect((await toolEnvironment({ tools: any }).step('a()', context)).observation).toBe('ok')
  // @ts-expect-error the schema gives a number
  toolEnvironment({ tools: [{ ...base, inputSchema: z.object({ n: z.number() }), execute: ({ n }) => n.trim() }] })
})
