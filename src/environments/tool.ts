/** A tool: what it is called, what it takes, what it does and what it may do to the world. */
import { RepriseError } from '../core/errors.ts'
import type { Effect } from '../core/environment.ts'
import type { Awaitable, JsonSchema } from '../core/json.ts'
import { schemaCheck, type SchemaCheck } from '../util/schema/schema-check.ts'
import type { InputSchema } from './input-of.ts'

/** A function that an agent may call. */
export interface Tool<Input = unknown, Schema = InputSchema<Input>> {
  /** 1 to 64 letters, digits, `_`, `-` and `.`; unique. `finish` is taken: it ends the episode. */
  name: string
  /** For the model: what it does and when to use it. */
  description: string
  /**
   * A Standard Schema (zod, valibot, arktype, …) or a JSON Schema. Its type tells that of the input: of a JSON Schema
   * written in place types, properties, items, enum and const; else it is an object of anything.
   */
  inputSchema: Schema
  /** Describes `inputSchema` where that cannot do it itself (zod/mini: `z.toJSONSchema(schema)`). */
  jsonSchema?: JsonSchema
  /**
   * Does it. A string is observed as it is, nothing as done, anything else as JSON; a promise is waited for. What it throws
   * is observed, too. `signal` fires when the episode is aborted; then nobody waits for it any more.
   */
  execute(input: Input, context: { signal: AbortSignal }): unknown
  /** What it may do to the world (default `read`). Above `fill` a person is asked first. */
  effect?: Effect
  /** Ask a person first, whatever the effect; or depending on the input. What it throws ends the episode with `environment-failed`. */
  needsApproval?: boolean | ((input: Input) => Awaitable<boolean>)
}

/** A tool whose input can be checked and described. */
export type ReadyTool = Tool & { input: SchemaCheck; builtIn: boolean }

export type Tools = ReadonlyMap<string, ReadyTool>

export function namesOf(tools: Tools): string {
  return `Tools: ${[...tools.keys()].join(', ')}.`
}

/** Throws `invalid-options` for a name that is given twice, and for a schema that cannot be described. */
export function prepareTools(tools: readonly Tool[]): Tools {
  const ready = new Map<string, ReadyTool>()
  for (const tool of tools) {
    const what = `The tool ${tool.name}`
    if (ready.has(tool.name)) throw new RepriseError('invalid-options', `${what} is given twice.`)
    if (tool.name === FINISH.name) throw new RepriseError('invalid-options', NO_FINISH)
    ready.set(tool.name, {
      ...tool,
      execute: (...args) => tool.execute(...args),
      input: schemaCheck(tool.inputSchema, { what, field: 'inputSchema', failure: 'environment-failed' }, tool.jsonSchema),
      builtIn: false,
    })
  }
  ready.set(FINISH.name, { ...FINISH, input: finishCheck, builtIn: true })
  return ready
}

const NO_FINISH =
  'A tool cannot be named finish: that one is built in and ends the episode. Rename yours; isDone can judge what the agent answers there.'

const FINISH: Tool = {
  name: 'finish',
  description: 'Ends the task, once it is done or cannot be done.',
  inputSchema: { type: 'object', properties: { answer: { description: 'What was asked for, if anything.' } }, additionalProperties: false },
  execute: () => 'Finished.',
}

const finishCheck: SchemaCheck = {
  jsonSchema: FINISH.inputSchema as JsonSchema,
  ready: () => Promise.resolve(),
  check: (input) => {
    const ok = typeof input === 'object' && input !== null && !Array.isArray(input) && Object.keys(input).every((key) => key === 'answer')
    return Promise.resolve(ok ? { ok, value: input } : { ok, problems: ['it may hold "answer" and nothing else'] })
  },
}
