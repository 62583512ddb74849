/** Tool calls of models that know none: asked for as JSON, and checked, since nothing in the model keeps to the schema. */
import { RepriseError } from '../../core/errors.ts'
import type { JsonSchema, JsonValue } from '../../core/json.ts'
import type { ToolCall, ToolSpec } from '../../core/model.ts'
import { createFence, shorten } from '../../security/fence.ts'
import { contentHash } from '../../util/hash.ts'
import type { Checked } from '../../util/schema/checked.ts'
import { movedSchema } from '../../util/schema/moved-schema.ts'
import { schemaCheck, type SchemaCheck } from '../../util/schema/schema-check.ts'

/** What a model answered where it might call tools. */
export interface ToolAnswer {
  text: string
  calls: readonly Omit<ToolCall, 'id'>[]
}

export interface ToolAnswers {
  /** Of calls, or of an answer without them. */
  schema: JsonSchema
  /** Tells the model of the tools and of the form of the answer. */
  note: string
  /** Errors: `invalid-options` for a tool whose schema is none. */
  ready(): Promise<unknown>
  /** `value` is a `ToolAnswer`. */
  check(value: JsonValue): Promise<Checked>
}

/** @param answer checks the answer that calls no tool, where that must match a schema, too. */
export function toolAnswers(tools: readonly ToolSpec[], answer: SchemaCheck | undefined): ToolAnswers {
  const checks = new Map(tools.map((tool) => [tool.name, inputCheck(tool)]))
  if (checks.size < tools.length) throw new RepriseError('invalid-options', 'Two tools have the same name.')
  return {
    schema: schemaOf(tools, answer?.jsonSchema),
    note: noteOf(tools, answer !== undefined),
    ready: () => Promise.all([...checks.values()].map((check) => check.ready())),
    check: (value) => checkAnswer(value, checks, answer),
  }
}

function inputCheck({ name, inputSchema }: ToolSpec): SchemaCheck {
  return schemaCheck(inputSchema, { what: `The tool ${name}`, field: 'inputSchema', failure: 'model-unavailable' })
}

const strict = { type: 'object', additionalProperties: false } as const

/** Without the tools' descriptions, which `noteOf` tells between marks: some models tell the schema where the host's own rules stand. */
function schemaOf(tools: readonly ToolSpec[], answer: JsonSchema | undefined): JsonSchema {
  const place = '#/anyOf/0/properties/calls/items/anyOf'
  const calls = tools.map(({ name, inputSchema: { $schema: _dialect, ...input } }, index) => ({
    ...strict,
    properties: { tool: { const: name }, input: movedSchema(input, `${place}/${index}/properties/input`) },
    required: ['tool', 'input'],
  }))
  const text = answer ? movedSchema(answer, '#/anyOf/1/properties/answer') : { type: 'string' }
  return {
    anyOf: [
      { ...strict, properties: { calls: { type: 'array', minItems: 1, items: { anyOf: calls } } }, required: ['calls'] },
      { ...strict, properties: { answer: text }, required: ['answer'] },
    ],
  }
}

function noteOf(tools: readonly ToolSpec[], typed: boolean): string {
  const text = JSON.stringify(tools)
  const fence = createFence(contentHash(text))
  return [
    'You may call these tools:',
    fence.wrap('tools', text),
    'To call one or more of them, answer with {"calls":[{"tool":"<name>","input":{…}}]}, where each input matches the inputSchema of its tool.',
    `To answer without a tool, answer with {"answer":${typed ? '…' : '"<text>"'}}.`,
  ].join('\n')
}

type Checks = ReadonlyMap<string, SchemaCheck>

async function checkAnswer(value: JsonValue, checks: Checks, answer: SchemaCheck | undefined): Promise<Checked> {
  const {
    calls,
    answer: said,
    ...rest
  } = (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}) as Record<string, JsonValue>
  const strange = Object.keys(rest)
  if (strange.length > 0 || (calls === undefined) === (said === undefined))
    return { ok: false, problems: ['it must be an object with either "calls" or "answer", and nothing else'] }
  return calls === undefined ? checkText(said as JsonValue, answer) : checkCalls(calls, checks)
}

async function checkText(said: JsonValue, answer: SchemaCheck | undefined): Promise<Checked> {
  if (answer) {
    const checked = await answer.check(said)
    return checked.ok ? { ok: true, value: { text: JSON.stringify(said), calls: [] } satisfies ToolAnswer } : within('answer', checked)
  }
  if (typeof said !== 'string' || said === '') return { ok: false, problems: ['"answer" must be a text that is not empty'] }
  return { ok: true, value: { text: said, calls: [] } satisfies ToolAnswer }
}

async function checkCalls(calls: JsonValue, checks: Checks): Promise<Checked> {
  if (!Array.isArray(calls) || calls.length === 0) return { ok: false, problems: ['"calls" must be a list of at least one call'] }
  const results = await Promise.all((calls as JsonValue[]).map((call, index) => checkCall(call, `calls.${index}`, checks)))
  const problems = results.flatMap((result) => (result.ok ? [] : result.problems))
  if (problems.length > 0) return { ok: false, problems }
  const found = (calls as unknown as { tool: string; input?: JsonValue }[]).map(({ tool, input = {} }) => ({ name: tool, input }))
  return { ok: true, value: { text: '', calls: found } satisfies ToolAnswer }
}

async function checkCall(call: JsonValue, place: string, checks: Checks): Promise<Checked> {
  const { tool, input = {}, ...rest } = (typeof call === 'object' && call !== null ? call : {}) as Record<string, JsonValue>
  const check = typeof tool === 'string' ? checks.get(tool) : undefined
  if (!check) {
    const name = typeof tool === 'string' ? JSON.stringify(shorten(tool, 100)) : 'without a name in "tool"'
    return { ok: false, problems: [`${place}: there is no tool ${name}; there are ${[...checks.keys()].join(', ')}`] }
  }
  if (Object.keys(rest).length > 0) return { ok: false, problems: [`${place}: it may hold "tool" and "input", and nothing else`] }
  return within(`${place}.input`, await check.check(input))
}

function within(place: string, checked: Checked): Checked {
  if (checked.ok) return checked
  const problems = checked.problems.length > 0 ? checked.problems : ['it does not match its schema']
  return { ok: false, problems: problems.map((problem) => `${place}: ${problem}`) }
}
