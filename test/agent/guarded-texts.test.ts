/** What an environment may do with the texts of an episode: take out, shorten, keep, and say whose they are. */
import { describe, expect, test } from 'vitest'
import { createAgent } from '../../src/agent/create-agent.ts'
import type { Checkpoint } from '../../src/core/checkpoint.ts'
import type { Approval, ApprovalRequest, Environment } from '../../src/core/environment.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import type { LanguageModel } from '../../src/core/model.ts'
import { scriptedModel } from '../../src/testing/index.ts'
import { answers, setup, twoSteps } from '../support/agent-setup.ts'
import { exemplarOf, spyMemory } from '../support/spy-memory.ts'

const SECRET = 'hunter2'
const without = (text: string): string => text.replaceAll(SECRET, '[password]')
const leaky: string[] = ['plan with hunter2', 'thought hunter2', 'type hunter2', 'thought', 'say hunter2']

const withSecrets = (): Environment & { taken: string[]; goal: string } => ({
  ...twoSteps(),
  taken: [],
  goal: '',
  redact: without,
  reset(goal) {
    this.goal = goal
    return `hunter2 stands here`
  },
  step(action) {
    this.taken.push(action)
    const done = this.taken.length === 2
    return { observation: `typed hunter2`, done, success: done }
  },
  actions: () => ['use hunter2'],
  taskId: (goal) => `task ${goal}`,
})

/** Answers as told, bit by bit, and remembers what it was asked. */
function streaming(texts: readonly string[]): LanguageModel & { seen: string[] } {
  const seen: string[] = []
  let next = 0
  return {
    id: 'test/streaming',
    seen,
    generate: ({ messages, onText }) => {
      seen.push(JSON.stringify(messages))
      const text = texts[next++] ?? ''
      for (const bit of text.match(/.{1,3}/gs) ?? []) onText?.(bit)
      return Promise.resolve({ text, toolCalls: [], finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 1 } })
    },
  }
}

describe('what the environment takes out', () => {
  test('reaches no prompt, event or trajectory, whether page, memory, user or model wrote it', async () => {
    const environment = withSecrets()
    const memory = spyMemory(() => [{ ...exemplarOf('a'), outcome: 'paid with hunter2' }])
    const model = streaming(leaky)
    const { agent, events } = setup({ model, memory })
    const trajectory = await agent.train(environment, 'log in with hunter2')
    expect(JSON.stringify([events, trajectory, memory.records, memory.queries, model.seen])).not.toContain(SECRET)
    expect(trajectory).toMatchObject({
      goal: 'log in with [password]',
      plan: 'plan with [password]',
      taskId: 'task log in with [password]',
    })
    expect(events.filter((event) => event.type === 'text').map((event) => event.delta)).toContain('type [password]')
  })

  test('still reaches the environment itself, as the user and the model wrote it', async () => {
    const environment = withSecrets()
    await setup({ model: streaming(leaky) }).agent.train(environment, 'log in with hunter2')
    expect(environment.goal).toBe('log in with hunter2')
    expect(environment.taken).toEqual(['type hunter2', 'say hunter2'])
  })

  test('stands in no question to the user', async () => {
    const asked: ApprovalRequest[] = []
    const environment: Environment = {
      ...withSecrets(),
      step: async (action, { approve }) => {
        const ok = await approve({ effect: 'pay', action, description: `pay with ${SECRET}`, details: { deep: [{ text: SECRET }] } })
        return { observation: 'done', done: true, success: ok }
      },
    }
    const { agent, events } = setup({ model: streaming(leaky), confirm: (request) => Boolean(asked.push(request)) })
    await agent.train(environment, 'pay')
    expect(asked).toMatchObject([
      { action: 'type [password]', description: 'pay with [password]', details: { deep: [{ text: '[password]' }] } },
    ])
    expect(JSON.stringify(events)).not.toContain(SECRET)
  })

  test('stands in no error, nor in its trajectory, and its cause is not handed on', async () => {
    const environment: Environment = { ...withSecrets(), step: () => Promise.reject(new Error(`could not type ${SECRET}`)) }
    const error: unknown = await setup({ model: streaming(leaky) })
      .agent.train(environment, 'log in')
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'environment-failed', message: expect.stringContaining('could not type [password]') as string })
    expect(error).not.toHaveProperty('cause')
    expect(JSON.stringify(error)).not.toContain(SECRET)
  })

  test('a redact that throws or returns no text ends the episode, and nothing gets by', async () => {
    for (const redact of [
      () => {
        throw new Error('broken')
      },
      () => undefined as unknown as string,
    ]) {
      const failing = setup({ model: streaming(leaky) }).agent.train({ ...withSecrets(), redact }, 'log in with hunter2')
      const error: unknown = await failing.catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'environment-failed' })
      expect(JSON.stringify(error)).not.toContain(SECRET)
    }
  })
})

describe('a digest', () => {
  const page = (): Environment => ({
    ...twoSteps(),
    digest: (observation, action) => (action === undefined ? `short ${observation}` : `${observation} as used by ${action}`),
  })

  test('is what memory is searched by, and what history and trajectory keep; the prompt has the whole of the last one', async () => {
    const model = streaming(answers)
    const { agent, memory, events } = setup({ model })
    const trajectory = await agent.train(page(), 'get out')
    expect(memory.queries[1]?.query.observation).toBe('short a room')
    expect(trajectory.steps.map(({ observation }) => observation)).toEqual(['a room as used by action 1', 'a corridor as used by action 2'])
    expect(trajectory.outcome).toBe('short outside')
    expect(model.seen[3]).toContain('a room as used by action 1')
    expect(model.seen[3]).toMatch(/kind=..observation..>\\na corridor\\n/)
    expect(events.filter((event) => event.type === 'observed').map(({ observation }) => observation)).toEqual(['a corridor', 'outside'])
  })
})

describe('whose words they are', () => {
  const end = (judge?: 'agent'): Environment => ({
    reset: () => 'a page',
    step: () => ({ observation: 'end', done: true, success: true, ...(judge && { judge }) }),
    source: () => 'https://example.com/tickets',
  })

  test('text of others is said to be so, with its source, and who judged', async () => {
    const { agent } = setup()
    expect((await agent.train(end('agent'), 'g')).provenance).toMatchObject({
      pageText: true,
      source: 'https://example.com/tickets',
      rewardSource: 'agent',
    })
    expect((await setup().agent.train(end(), 'g')).provenance).toMatchObject({ pageText: true, rewardSource: 'environment' })
    expect((await setup().agent.train(twoSteps(), 'g')).provenance).toMatchObject({ pageText: false, rewardSource: 'environment' })
  })

  test("the host's verify stands in the place of the agent's own word", async () => {
    const { agent, memory } = setup({ verify: ({ provenance }) => provenance.rewardSource === 'agent' })
    await agent.train(end('agent'), 'g')
    expect(memory.records.at(-1)?.trajectory.provenance.rewardSource).toBe('verifier')
  })

  test('what waits for confirmation is told at the end', async () => {
    const memory = { ...spyMemory(), record: () => Promise.resolve({ stored: true, pruned: [], quarantined: true }) }
    const events: AgentEvent[] = []
    await createAgent({ model: scriptedModel(answers), memory, onEvent: (event) => events.push(event) }).train(end('agent'), 'g')
    expect(events.at(-1)).toMatchObject({ type: 'episode-end', stored: true, quarantined: true })
  })
})

describe('an answer for the run', () => {
  const asking = (requests: readonly Partial<ApprovalRequest>[]): Environment => ({
    reset: () => 'a page',
    step: async (action, { approve }) => {
      for (const request of requests) await approve({ effect: 'submit', action, description: 'd', ...request })
      return { observation: 'end', done: true, success: true }
    },
  })
  const askedFor = async (requests: readonly Partial<ApprovalRequest>[], answer: Approval = 'run'): Promise<(string | undefined)[]> => {
    const asked: (string | undefined)[] = []
    const { agent } = setup({ confirm: ({ scope }) => (asked.push(scope), answer) })
    await agent.train(asking(requests), 'g')
    return asked
  }

  test('covers the same effect and scope, and nothing else', async () => {
    expect(await askedFor([{ scope: 'a' }, { scope: 'a' }, { scope: 'b' }, {}, {}, { scope: 'a', effect: 'pay' }])).toEqual([
      'a',
      'b',
      undefined,
      'a',
    ])
  })

  test('covers nothing where the environment wants every request asked', async () => {
    expect(
      await askedFor([
        { scope: 'a', always: true },
        { scope: 'a', always: true },
      ]),
    ).toEqual(['a', 'a'])
    expect(await askedFor([{ scope: 'a' }, { scope: 'a', always: true }])).toEqual(['a', 'a'])
  })
})

describe('an episode that is kept', () => {
  const keeping = (): Environment & { kept: Checkpoint[]; resumedFrom: Checkpoint[] } => {
    const kept: Checkpoint[] = []
    const resumedFrom: Checkpoint[] = []
    return {
      ...twoSteps(),
      kept,
      resumedFrom,
      checkpoint: (checkpoint) => void kept.push(checkpoint),
      resume: (checkpoint) => (resumedFrom.push(checkpoint), 'a corridor, after a reload'),
    }
  }

  test('is kept before each decision and each action, and when it has ended', async () => {
    const environment = keeping()
    await setup().agent.train(environment, 'get out')
    expect(environment.kept.map(({ state, trajectory: { steps } }) => [state, steps.length])).toEqual([
      ['deciding', 0],
      ['acting', 1],
      ['deciding', 1],
      ['acting', 2],
      ['ended', 2],
    ])
    expect(environment.kept[1]?.trajectory.steps[0]).toMatchObject({ observation: 'a room', action: 'action 1' })
  })

  test('goes on where it was: same id, plan and steps, no action twice, no second reset', async () => {
    const before = keeping()
    await setup().agent.train(before, 'get out')
    const acting = before.kept[1] as Checkpoint
    const after: Environment & { taken: string[] } = {
      reset: () => Promise.reject(new Error('a reset would begin anew')),
      resume: () => 'a corridor, after a reload',
      taken: [],
      step(action) {
        this.taken.push(action)
        return { observation: 'outside', done: true, success: true }
      },
    }
    const { agent, memory, events } = setup({ model: scriptedModel(['thought 2', 'action 2']) })
    const trajectory = await agent.resume(after, acting)
    expect(after.taken).toEqual(['action 2'])
    expect(trajectory).toMatchObject({ id: acting.trajectory.id, plan: 'the plan', success: true })
    expect(trajectory.steps.map(({ observation, action }) => [observation, action])).toEqual([
      ['a room', 'action 1'],
      ['a corridor, after a reload', 'action 2'],
    ])
    expect(events[0]).toMatchObject({ type: 'episode-start', resumed: 1, mode: 'train', goal: 'get out' })
    expect(memory.records).toHaveLength(1)
  })

  test('what was spent before counts against the budget', async () => {
    const before = keeping()
    await setup({ model: streaming(answers) }).agent.run(before, 'get out')
    const checkpoint = before.kept[2] as Checkpoint
    expect(checkpoint.spent).toMatchObject({ calls: 3 })
    const again = setup({ model: streaming(['thought 2', 'action 2']), budget: { calls: 4 } }).agent.resume(keeping(), checkpoint)
    await expect(again).rejects.toMatchObject({ code: 'budget-exceeded' })
  })

  test('that has ended, or whose environment cannot go on, is refused', async () => {
    const environment = keeping()
    await setup().agent.train(environment, 'get out')
    const { agent } = setup()
    await expect(agent.resume(environment, environment.kept.at(-1) as Checkpoint)).rejects.toMatchObject({ code: 'invalid-options' })
    await expect(agent.resume(twoSteps(), environment.kept[0] as Checkpoint)).rejects.toMatchObject({ code: 'invalid-options' })
  })

  test('whose checkpoint cannot be kept does not act', async () => {
    const environment = twoSteps()
    const failing = setup().agent.train({ ...environment, checkpoint: () => Promise.reject(new Error('no room')) }, 'get out')
    await expect(failing).rejects.toMatchObject({ code: 'environment-failed' })
    expect(environment.taken).toEqual([])
  })
})

describe('somebody who refuses', () => {
  const insisting = (asks: number): Environment & { answers: boolean[] } => {
    const answers: boolean[] = []
    return {
      answers,
      reset: () => 'a page',
      step: async (action, { approve }) => {
        for (let i = 0; i < asks; i++)
          answers.push(await approve({ effect: 'destructive', action, description: 'd', scope: i < 5 ? 'a' : 'b' }))
        return { observation: 'end', done: true, success: true }
      },
    }
  }

  test('is not asked the same a fourth time in an episode', async () => {
    let asked = 0
    const environment = insisting(6)
    await setup({ confirm: () => (asked++, false) }).agent.train(environment, 'g')
    expect(environment.answers).toEqual([false, false, false, false, false, false])
    expect(asked).toBe(4) // three times for one, once for the other
  })

  test('can stop the run, whatever the environment makes of it', async () => {
    const environment: Environment = {
      reset: () => 'a page',
      step: async (action, { approve }) => {
        const ok = await approve({ effect: 'pay', action, description: 'd' }).catch(() => true)
        return { observation: 'end', done: true, success: ok }
      },
    }
    const { agent, memory } = setup({ confirm: () => 'stop' })
    await expect(agent.train(environment, 'g')).rejects.toMatchObject({ code: 'approval-denied', trajectory: { goal: 'g' } })
    expect(memory.records).toEqual([])
  })

  test('and nobody at all, who is told of once', async () => {
    const { agent, events } = setup()
    await agent.train(insisting(2), 'g')
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([{ message: expect.stringContaining('no confirm') as string }])
  })
})

test('an environment is refused while it is in the middle of another episode, of any agent, and free again after', async () => {
  let go = (): void => {}
  const waiting = new Promise<void>((resolve) => (go = resolve))
  const environment: Environment = {
    reset: async () => (await waiting, 'a page'),
    step: () => ({ observation: 'end', done: true, success: true }),
  }
  const first = setup().agent.train(environment, 'a')
  await expect(setup().agent.train(environment, 'b')).rejects.toMatchObject({
    code: 'invalid-options',
    message: expect.stringMatching(/another episode/) as string,
  })
  go()
  expect((await first).goal).toBe('a')
  await expect(setup().agent.train(environment, 'c')).resolves.toMatchObject({ goal: 'c' })
})
