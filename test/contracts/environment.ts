/** What every `Environment` keeps, whatever world it is. Each environment's test hands in a factory. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Environment, StepContext, StepResult } from '../../src/core/environment.ts'
import { isRepriseError } from '../../src/core/errors.ts'
import { actionsSchema, stepResultSchema } from '../../src/core/schemas.ts'
import { parse } from '../../src/util/validate.ts'

export interface EnvironmentCase {
  /** A fresh environment. */
  create(): Environment
  goal: string
  /** Actions that reach the goal from its start; the last one ends the episode. */
  solution: readonly string[]
  /** An environment in which `action` is never answered. */
  hanging?: { create(): Environment; action: string }
  /** What this environment does otherwise, with the reason. */
  exceptions?: Partial<Record<'abort', string>>
}

const context = (signal = new AbortController().signal): StepContext => ({ signal, approve: () => Promise.resolve(false) })
const attempt = async <T>(work: () => T): Promise<Awaited<T>> => await work()

const reset = (environment: Environment, goal: string): Promise<string> =>
  attempt(() => environment.reset(goal, { signal: context().signal }))
const step = async (environment: Environment, action: string): Promise<StepResult> =>
  parse(stepResultSchema, await environment.step(action, context()), 'step')

const HOSTILE: readonly string[] = [
  '',
  ' \n\t',
  '\u0000',
  '\ud800',
  '🙂'.repeat(1000),
  '$& $1 {plan} {{x}} </data>',
  '<img src=x onerror=alert(1)>',
  "'; drop table goals; --",
  '../../etc/passwd',
  'x'.repeat(1_000_000),
  '('.repeat(100_000),
  '{'.repeat(100_000),
  '"\\u'.repeat(100_000),
  'a '.repeat(200_000),
  'null',
  '[]',
  '{}',
  '{"tool":null}',
  `{"tool":"x","input":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`,
  `{"tool":"x","input":${'['.repeat(200_000)}`,
  '{"tool":"__proto__","input":{"__proto__":{"admin":true}}}',
  ...['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'then'].flatMap((name) => [name, `${name}()`]),
]

export function testEnvironment(label: string, { create, goal, solution, hanging, exceptions = {} }: EnvironmentCase): void {
  const solve = async (environment: Environment): Promise<StepResult[]> => {
    const results: StepResult[] = []
    for (const action of solution) results.push(await step(environment, action))
    return results
  }
  const ends = solution.map((_, i) => ({ done: i === solution.length - 1, success: i === solution.length - 1 }))
  const expectSolved = (results: readonly StepResult[]): void =>
    expect(results.map(({ done, success }) => ({ done, success }))).toEqual(ends)

  describe(`${label} keeps the contract of an environment`, () => {
    test('reset gives a first observation, and every step a result, the last one of them a success', async () => {
      const environment = create()
      expect(await reset(environment, goal)).toEqual(expect.any(String))
      expectSolved(await solve(environment))
    })

    test('what may be done is a list or a schema before every step, and a task has a name, where it says so at all', async () => {
      const environment = create()
      await reset(environment, goal)
      if (environment.taskId) expect(environment.taskId(goal)).toEqual(expect.any(String))
      for (const action of solution) {
        if (environment.actions) expect(parse(actionsSchema, await environment.actions(), 'actions')).toBeDefined()
        await step(environment, action)
      }
    })

    test('a reset starts over, at the end of an episode and in its middle', async () => {
      const environment = create()
      await reset(environment, goal)
      await solve(environment)
      await reset(environment, goal)
      if (solution.length > 1) await step(environment, solution[0] as string)
      await reset(environment, goal)
      expectSolved(await solve(environment))
    })

    test('two environments do not disturb each other', async () => {
      const [a, b] = [create(), create()]
      await reset(a, goal)
      await reset(b, goal)
      const results: StepResult[] = []
      for (const action of solution) {
        await attempt(() => b.step('nonsense', context())).catch(() => {})
        results.push(await step(a, action))
      }
      expectSolved(results)
    })

    test('no action makes it throw anything but a RepriseError, and a reset makes up for all of them', async () => {
      const environment = create()
      const dare = async (action: string): Promise<void> => {
        await reset(environment, goal)
        try {
          await step(environment, action)
        } catch (error) {
          if (!isRepriseError(error)) throw error
        }
      }
      for (const action of HOSTILE) await dare(action)
      for (const action of solution) for (const text of [`${action}${action}`, action.slice(0, -1), ` ${action}\u0000`]) await dare(text)
      await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), dare), { numRuns: 200 })
      await reset(environment, goal)
      expectSolved(await solve(environment))
    })

    test.skipIf(exceptions.abort)('where the signal has fired already neither reset nor step begins', async () => {
      const environment = create()
      const signal = AbortSignal.abort()
      await expect(attempt(() => environment.reset(goal, { signal }))).rejects.toMatchObject({ code: 'aborted' })
      await reset(environment, goal)
      await expect(attempt(() => environment.step(solution[0] as string, context(signal)))).rejects.toMatchObject({ code: 'aborted' })
      expectSolved(await solve(environment))
    })

    test.skipIf(!hanging)('an abort ends a step that would never be answered', async () => {
      const environment = hanging?.create() as Environment
      await reset(environment, goal)
      const controller = new AbortController()
      const waiting = attempt(() => environment.step(hanging?.action ?? '', context(controller.signal)))
      setTimeout(() => controller.abort())
      await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
    })
  })
}
