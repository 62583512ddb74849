/** What becomes of one action: a call is read, checked, allowed, made and judged. Loaded with the first action. */
import * as z from 'zod/mini'
import type { StepContext, StepResult } from '../core/environment.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { exceeds } from '../security/effects.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { parse } from '../util/validate.ts'
import { CALL_FORMAT, parseCall, quote } from './tool-call.ts'
import type { ToolEnvironmentOptions, ToolRun, ToolState } from './tool-environment.ts'
import { namesOf, type ReadyTool, type Tools } from './tool.ts'

export interface RunOptions {
  tools: Tools
  state: ToolState
  maxCharacters: number
  isDone: ToolEnvironmentOptions['isDone']
}

/** Errors: `environment-failed` when `isDone` returns something else than its contract says; `aborted`. */
export async function runAction(
  action: string,
  context: StepContext,
  { tools, state, maxCharacters, isDone }: RunOptions,
): Promise<{ result: StepResult; state: ToolState }> {
  const call = await readCall(tools, action, context.signal)
  if (!call.ok) return { state, result: going(limit(call.problem, maxCharacters)) }
  if (!(await allowed(call, action, context)))
    return { state, result: going(`${call.tool.name} was not called: it needs approval, which was refused.`) }
  const run = await execute(call, context.signal)
  const next = after(state, call, run)
  const verdict = await judge(isDone, next, context.signal)
  return { state: next, result: { observation: limit(observed(run), maxCharacters), ...verdict } }
}

type Call = { ok: true; tool: ReadyTool; input: unknown } | { ok: false; problem: string }
type ReadCall = Extract<Call, { ok: true }>

async function readCall(tools: Tools, action: string, signal: AbortSignal): Promise<Call> {
  const parsed = parseCall(action)
  const names = namesOf(tools)
  if (!parsed.ok) return { ok: false, problem: `${parsed.problem} Write one call as ${CALL_FORMAT}. ${names}` }
  const tool = tools.get(parsed.tool)
  if (!tool) return { ok: false, problem: `There is no tool ${quote(parsed.tool)}. ${names}` }
  const checked = await abortable(tool.input.check(parsed.input), signal)
  if (checked.ok) return { ok: true, tool, input: checked.value }
  const problems = checked.problems.slice(0, 5).join('; ') || `it must match ${JSON.stringify(tool.input.jsonSchema)}`
  return { ok: false, problem: `The input of ${tool.name} is wrong: ${problems.replace(/\.$/, '')}.` }
}

async function allowed({ tool, input }: ReadCall, action: string, { signal, approve }: StepContext): Promise<boolean> {
  const { effect = 'read', needsApproval = false } = tool
  const asks = typeof needsApproval === 'function' ? await abortable(needsApproval(input), signal) : needsApproval
  if (!exceeds(effect, 'fill') && !asks) return true
  const shown = limit(toText(input), 500)
  const details: JsonObject = { tool: tool.name, input: shown }
  return abortable(approve({ effect, action, description: `Call ${tool.name} (${tool.description}) with ${shown}`, details }), signal)
}

async function execute({ tool, input }: ReadCall, signal: AbortSignal): Promise<ToolRun> {
  const run = { tool: tool.name, input }
  try {
    const result: unknown = await abortable((async () => tool.execute(input, { signal }))(), signal)
    return { ...run, result }
  } catch (error) {
    throwIfAborted(signal)
    return { ...run, error: error instanceof Error ? error.message || error.name : String(error) }
  }
}

function after(state: ToolState, { tool, input }: ReadCall, run: ToolRun): ToolState {
  const finish = tool.builtIn ? { finished: true, answer: (input as { answer?: JsonValue }).answer } : {}
  return { ...state, calls: [...state.calls, run], lastResult: run.result, ...finish }
}

async function judge(
  isDone: ToolEnvironmentOptions['isDone'],
  state: ToolState,
  signal: AbortSignal,
): Promise<Omit<StepResult, 'observation'>> {
  const { finished } = state
  if (!isDone) return { done: finished, success: finished, judge: 'agent' }
  const verdict: unknown = await abortable(isDone(state), signal)
  const {
    done,
    success = done,
    reward,
  } = parse(
    verdictSchema,
    typeof verdict === 'boolean' ? { done: verdict } : verdict,
    'isDone returned something else than a boolean or { done, success?, reward? }',
    'environment-failed',
  )
  return { done: done || finished, success, ...(reward !== undefined && { reward }) }
}

function going(observation: string): StepResult {
  return { observation, done: false, success: false }
}

function observed({ tool, result, error }: ToolRun): string {
  if (error !== undefined) return `${tool} failed: ${error}`
  return result === undefined ? `${tool} is done.` : toText(result)
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value) ?? `(a ${typeof value}, which is not JSON)`
  } catch {
    return '(something that is not JSON)'
  }
}

function limit(text: string, most: number): string {
  if (text.length <= most) return text
  const half = /[\ud800-\udbff]$/.test(text.slice(0, most)) ? most - 1 : most
  return `${text.slice(0, half)}… (${text.length} characters, of which the first ${half} are shown)`
}

const verdictSchema = z.object({
  done: z.boolean(),
  success: z.optional(z.boolean()),
  reward: z.optional(z.number().check(z.gte(0), z.lte(1))),
})
