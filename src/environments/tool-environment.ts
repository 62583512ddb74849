/**
 * An environment made of functions: the agent acts by calling tools. A wrong call is something the agent sees and
 * can learn from, never an exception; what could do harm is asked for first.
 */
import * as z from 'zod/mini'
import type { Environment } from '../core/environment.ts'
import type { Awaitable, JsonValue } from '../core/json.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { parse } from '../util/validate.ts'
import type { InputOf, InputSchema } from './input-of.ts'
import { namesOf, prepareTools, type Tool } from './tool.ts'
import { schemaOfActions } from './schema-of-actions.ts'

/** A call that reached its tool. */
export interface ToolRun {
  tool: string
  /** As validated. */
  input: unknown
  /** What the tool returned; absent where it threw. */
  result?: unknown
  /** The message where the tool threw. */
  error?: string
}

/** What has happened in the episode so far. */
export interface ToolState {
  goal: string
  /** Oldest first; the last one has just been made. */
  calls: readonly ToolRun[]
  /** What the last call returned; `undefined` where it threw. */
  lastResult: unknown
  /** The agent called `finish`. */
  finished: boolean
  /** What it gave as its answer; `undefined` before it finished, and where it gave none. */
  answer: JsonValue | undefined
}

/** What `toolEnvironment` takes. */
export interface ToolEnvironmentOptions<Schemas extends readonly InputSchema[] = readonly InputSchema[]> {
  /** 1 or more, of different names. */
  tools: { [K in keyof Schemas]: Tool<InputOf<Schemas[K]>, Schemas[K]> }
  /**
   * Asked after each call that reached its tool, and when the agent calls `finish`: `true` ends the episode with success.
   * `finish` always ends it.
   *
   * Without `isDone`, calling `finish` is the success: the agent's own word, which nobody has checked. What it then
   * claims is stored and shown as an example, its errors with it; only where `source` is given does it wait until somebody
   * confirms it. Give `isDone`, or `verify` of the agent, wherever code can tell: the trajectory's provenance then says
   * `environment` or `verifier` instead of `agent`.
   */
  isDone?(state: ToolState): Awaitable<boolean | { done: boolean; success?: boolean; reward?: number }>
  /**
   * Called at the start of an episode, the place to start over. What it returns is the first observation; without it the
   * names of the tools are. What the tools do and take is told by `actions()`, so that trajectories do not store it.
   */
  observation?(goal: string, context: { signal: AbortSignal }): Awaitable<string>
  /** Names the task that a goal belongs to, so that an agent is never shown its own answer. */
  taskId?(goal: string): string
  /** Characters of a result that are shown, 100 or more (default 8,000). */
  maxCharacters?: number
  /**
   * Where results come from that hold text of others: mails, tickets, pages. Trajectories say so (`provenance.source`), and are not
   * shown as examples before code or a person has confirmed their success.
   */
  source?: string
  /** Takes out what no prompt, event or store may hold; `createRedactor` of `reprise/page` makes one. Must not throw. */
  redact?(text: string): string
}

/**
 * Tools as an environment. An action is `{"tool":"name","input":{…}}` or `name({…})`; the built-in tool
 * `finish({"answer": …})` ends the episode, with success on the agent's own word where there is no `isDone`.
 *
 * Errors: `invalid-options`, for a JSON Schema that is wrong in itself at `reset`; `environment-failed` when `isDone` returns
 * something else than its contract says; `aborted`.
 *
 * @example
 * const environment = toolEnvironment({
 *   tools: [
 *     {
 *       name: 'assign',
 *       description: 'Assigns a ticket to a team.',
 *       inputSchema: z.object({ ticket: z.number(), team: z.enum(['billing', 'support']) }),
 *       effect: 'submit', // asks before it is done
 *       execute: ({ ticket, team }) => desk.assign(ticket, team),
 *     },
 *   ],
 *   isDone: ({ lastResult }) => lastResult === 'assigned',
 * })
 */
export function toolEnvironment<const Schemas extends readonly InputSchema[]>(options: ToolEnvironmentOptions<Schemas>): Environment {
  parse(optionsSchema, options, 'toolEnvironment options')
  const tools = prepareTools(options.tools as readonly Tool[])
  const { observation, taskId, maxCharacters = 8000, source, redact } = options
  let state = started('')
  return {
    async reset(goal, { signal }) {
      throwIfAborted(signal)
      state = started(goal)
      await abortable(Promise.all([...tools.values()].map(({ input }) => input.ready())), signal)
      const first = await abortable(observation?.(goal, { signal }), signal)
      return first || namesOf(tools)
    },
    async step(action, context) {
      throwIfAborted(context.signal)
      const { runAction } = await import('./tool-run.ts')
      const ran = await runAction(action, context, { tools, state, maxCharacters, isDone: options.isDone })
      state = ran.state
      return ran.result
    },
    actions: () => schemaOfActions([...tools.values()]),
    ...(taskId && { taskId: (goal: string) => taskId(goal) }),
    ...(source !== undefined && { source: () => source }),
    ...(redact && { redact: (text: string) => redact(text) }),
  }
}

function started(goal: string): ToolState {
  return { goal, calls: [], lastResult: undefined, finished: false, answer: undefined }
}

const callable = z.custom<(...args: never[]) => unknown>((value) => typeof value === 'function', 'must be a function')
const schemaLike = z.custom((value) => (typeof value === 'object' && value !== null) || typeof value === 'function', 'must be a schema')

const optionsSchema = z.strictObject({
  tools: z
    .array(
      z.strictObject({
        name: z.custom(
          (name) => typeof name === 'string' && /^[\w.-]{1,64}$/.test(name),
          'must be 1 to 64 characters: letters, digits, _, . or -',
        ),
        description: z.string(),
        inputSchema: schemaLike,
        jsonSchema: z.optional(schemaLike),
        execute: callable,
        effect: z.optional(z.enum(['read', 'fill', 'submit', 'navigate', 'destructive', 'pay'])),
        needsApproval: z.optional(z.union([z.boolean(), callable])),
      }),
    )
    .check(z.refine((tools) => tools.length > 0, 'must hold at least one tool')),
  isDone: z.optional(callable),
  observation: z.optional(callable),
  taskId: z.optional(callable),
  maxCharacters: z.optional(z.int().check(z.gte(100))),
  source: z.optional(z.string()),
  redact: z.optional(callable),
})
