import { expect, test } from 'vitest'
import { stepResultSchema } from '../../src/core/schemas.ts'
import { scriptedEnvironment } from '../../src/testing/scripted-environment.ts'
import { parse } from '../../src/util/validate.ts'

const context = { signal: new AbortController().signal, approve: () => Promise.resolve(false) }

test('steps come in order, filled up to what the contract asks, and start over with a reset', async () => {
  const environment = scriptedEnvironment(['The drawer is open.', { observation: 'You have it.', done: true, success: true, reward: 0.5 }])
  for (const goal of ['Find the key', 'Find it again']) {
    expect(await environment.reset(goal, context)).toBe(goal)
    expect(await environment.step('open drawer', context)).toEqual({ observation: 'The drawer is open.', done: false, success: false })
    expect(parse(stepResultSchema, await environment.step('take key', context), 'step')).toMatchObject({ done: true, reward: 0.5 })
  }
  expect(environment.goals).toEqual(['Find the key', 'Find it again'])
  expect(environment.taken).toEqual(['open drawer', 'take key'])
})

test('a function is told action, index and goal', async () => {
  const environment = scriptedEnvironment((action, index, goal) => `${goal}/${index}/${action}`, {
    observation: 'start',
    taskId: (goal) => goal.toUpperCase(),
  })
  expect(await environment.reset('g', context)).toBe('start')
  expect((await environment.step('a', context)).observation).toBe('g/0/a')
  expect(environment.taskId?.('g')).toBe('G')
  expect('actions' in environment).toBe(false)
})

test('a script that has run out fails and names the step; an abort ends a step that hangs', async () => {
  await expect(scriptedEnvironment([]).step('jump', context)).rejects.toMatchObject({
    code: 'environment-failed',
    message: expect.stringMatching(/step 1 .*"jump"/) as string,
  })
  const controller = new AbortController()
  const hanging = scriptedEnvironment(() => new Promise(() => {})).step('wait', { ...context, signal: controller.signal })
  controller.abort()
  await expect(hanging).rejects.toMatchObject({ code: 'aborted' })
})
