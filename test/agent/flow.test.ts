/** What may come between the steps of an episode: aborts, consumers that leave, approvals, other episodes. */
import { expect, test } from 'vitest'
import { createAgent } from '../../src/agent/create-agent.ts'
import type { AgentOptions } from '../../src/agent/options.ts'
import type { Approval, ApprovalRequest, Environment } from '../../src/core/environment.ts'
import { RepriseError } from '../../src/core/errors.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import { scriptedEnvironment, scriptedModel } from '../../src/testing/index.ts'
import { exemplarOf, spyMemory } from '../support/spy-memory.ts'

const endless = () => scriptedEnvironment((_action, index) => `room ${index}`, { observation: 'room' })
const talker = () => scriptedModel((_request, index) => `answer ${index}`)
const agentWith = (given: Partial<AgentOptions> = {}) => createAgent({ model: talker(), memory: spyMemory(), maxSteps: 5, ...given })

test.each(['episode-start', 'retrieved', 'text', 'planned', 'reasoned', 'acted', 'observed'] as const)(
  'an abort at %s ends the episode there',
  async (at) => {
    const memory = spyMemory()
    const controller = new AbortController()
    const heard: AgentEvent[] = []
    const onEvent = (event: AgentEvent): void => {
      heard.push(event)
      if (event.type === at) controller.abort('enough')
    }
    const error: unknown = await agentWith({ memory })
      .train(endless(), 'go', { signal: controller.signal, onEvent })
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'aborted', trajectory: { goal: 'go' } })
    expect(memory.records).toEqual([])
    const first = heard.findIndex(({ type }) => type === at)
    expect(heard.slice(first + 1).filter(({ type }) => type !== 'text' && type !== 'usage' && type !== 'planned')).toEqual([])
  },
)

const never = new Promise<never>(() => {})
test.each<[string, Partial<AgentOptions>, Partial<Environment>]>([
  ['the environment resets', {}, { reset: () => never }],
  ['the environment lists its actions', {}, { actions: () => never }],
  ['the environment steps', {}, { step: () => never }],
  ['the model answers', { model: { id: 'x', generate: () => never } }, {}],
  ['the memory answers', { memory: { ...spyMemory(), retrieve: () => never } }, {}],
  ['the verifier thinks', { verify: () => never }, { step: () => ({ observation: 'x', done: true, success: true }) }],
  ['the seeds are added', { memory: { ...spyMemory(), add: () => never }, seeds: [{ goal: 'g', steps: [] }] }, {}],
  [
    'a person is asked',
    { confirm: () => never },
    {
      step: async (action, { approve }) => ({
        observation: String(await approve({ effect: 'pay', action, description: '' })),
        done: true,
        success: true,
      }),
    },
  ],
])('an abort while %s ends the episode though nobody there listens', async (_where, options, environment) => {
  const controller = new AbortController()
  const episode = agentWith(options).train({ ...endless(), ...environment }, 'go', { signal: controller.signal })
  setTimeout(() => controller.abort(), 20)
  await expect(episode).rejects.toMatchObject({ code: 'aborted' })
})

test('a signal that has fired already starts nothing', async () => {
  const environment = endless()
  await expect(agentWith().train(environment, 'go', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  expect(environment.goals).toEqual([])
})

test('leaving the loop over a stream aborts what is under way', async () => {
  let signal: AbortSignal | undefined
  const environment: Environment = {
    ...endless(),
    step: (_action, context) => {
      signal = context.signal
      return { observation: 'x', done: false, success: false }
    },
  }
  const memory = spyMemory()
  for await (const event of agentWith({ memory }).stream(environment, 'go', { learn: true })) if (event.type === 'observed') break
  expect(signal?.aborted).toBe(true)
  expect(memory.records).toEqual([])
})

test('return() on a stream ends an episode that waits for an environment that never answers', async () => {
  const events = agentWith().stream({ ...endless(), reset: () => never }, 'go')
  const waiting = events.next()
  const returned = events.return(undefined as never)
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  expect((await returned).done).toBe(true)
})

test('a stream hands its error to the consumer', async () => {
  const consume = async (): Promise<void> => {
    for await (const _event of agentWith({ model: scriptedModel([]) }).stream(endless(), 'go'));
  }
  await expect(consume()).rejects.toMatchObject({ code: 'model-failed', trajectory: { goal: 'go' } })
})

test('a stream waits for its consumer', async () => {
  const environment = endless()
  const events = agentWith().stream(environment, 'go')
  for (let i = 0; i < 3; i++) await events.next()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(environment.taken).toEqual([])
  await events.return(undefined as never)
})

const asking = (effects: ApprovalRequest['effect'][]): Environment => ({
  reset: () => 'a form',
  step: async (action, { approve }) => {
    const answers: boolean[] = []
    for (const effect of effects) answers.push(await approve({ effect, action, description: `would ${effect}` }))
    return { observation: answers.join(' '), done: true, success: true }
  },
})

test.each<[string, AgentOptions['confirm'], string]>([
  ['nobody can be asked', undefined, 'false false false'],
  ['the person refuses', () => false, 'false false false'],
  ['the person allows', async () => true, 'true true true'],
  ['the person allows paying alone', ({ effect }) => effect === 'pay', 'true false true'],
])('approval: %s', async (_name, confirm, expected) => {
  const agent = agentWith(confirm ? { confirm } : {})
  const trajectory = await agent.run(asking(['pay', 'submit', 'pay']), 'go')
  expect(trajectory.outcome).toBe(expected)
})

test('what is allowed for the run is asked once, and only in that run', async () => {
  const asked: string[] = []
  const confirm = ({ effect }: ApprovalRequest): Approval => {
    asked.push(effect)
    return 'run'
  }
  const agent = agentWith({ confirm })
  const events: AgentEvent[] = []
  await agent.run(asking(['pay', 'pay', 'submit']), 'go', { onEvent: (event) => events.push(event) })
  expect(asked).toEqual(['pay', 'submit'])
  expect(events.filter(({ type }) => type === 'approval-needed')).toHaveLength(2)
  await agent.run(asking(['pay']), 'go')
  expect(asked).toEqual(['pay', 'submit', 'pay'])
})

test('the time a person takes does not count against the environment', async () => {
  const confirm = async (): Promise<boolean> => new Promise((resolve) => setTimeout(() => resolve(true), 60))
  const trajectory = await agentWith({ confirm, timeoutMs: 30 }).run(asking(['pay']), 'go')
  expect(trajectory.outcome).toBe('true')
})

test('an approval after the step is over is refused', async () => {
  let late: (() => Promise<boolean>) | undefined
  const environment: Environment = {
    reset: () => 'x',
    step: (action, { approve }) => {
      late = () => approve({ effect: 'pay', action, description: '' })
      return { observation: 'done', done: true, success: true }
    },
  }
  await agentWith({ confirm: () => true }).run(environment, 'go')
  expect(await late?.()).toBe(false)
})

test('a batch settles every goal in order, though one breaks', async () => {
  const createEnvironment = (goal: string): Environment => {
    if (goal === 'no world') throw new Error('no such world')
    return scriptedEnvironment(() => {
      if (goal === 'broken') throw new Error('fell apart')
      return { observation: goal, done: true, success: true }
    })
  }
  const outcomes = await agentWith().trainBatch(createEnvironment, ['a', 'broken', 'no world', 'b'], { concurrency: 2 })
  expect(outcomes.map(({ goal, status }) => [goal, status])).toEqual([
    ['a', 'fulfilled'],
    ['broken', 'rejected'],
    ['no world', 'rejected'],
    ['b', 'fulfilled'],
  ])
  expect(outcomes[1]).toMatchObject({ error: { code: 'environment-failed', trajectory: { goal: 'broken' } } })
  expect(outcomes[3]).toMatchObject({ trajectory: { outcome: 'b' } })
})

test('episodes that fail by one shared error each carry their own trajectory', async () => {
  const shared = new RepriseError('worker-lost', 'gone')
  const outcomes = await agentWith({ model: { id: 'x', generate: () => Promise.reject(shared) } }).trainBatch(endless, ['a', 'b', 'c'], {
    concurrency: 3,
  })
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && [outcome.error.code, outcome.error.trajectory?.goal])).toEqual([
    ['worker-lost', 'a'],
    ['worker-lost', 'b'],
    ['worker-lost', 'c'],
  ])
  expect(shared.trajectory).toBeUndefined()
})

test('what a hanging record did is for the memory to say: an abort waits for its word', async () => {
  const controller = new AbortController()
  let tell: (error: Error) => void = () => {}
  const record = () => new Promise<never>((_resolve, reject) => (tell = reject))
  const environment = scriptedEnvironment([{ observation: 'x', done: true, success: true }])
  const episode = agentWith({ memory: { ...spyMemory(), record } }).train(environment, 'go', { signal: controller.signal })
  let settled = false
  episode.then(
    () => (settled = true),
    () => (settled = true),
  )
  await new Promise((resolve) => setTimeout(resolve, 20))
  controller.abort()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(settled).toBe(false)
  tell(new RepriseError('aborted', 'nothing was stored'))
  await expect(episode).rejects.toMatchObject({ code: 'aborted' })
})

test('a batch runs no more episodes at a time than asked for', async () => {
  let running = 0
  let most = 0
  const createEnvironment = (): Environment => ({
    reset: () => 'x',
    step: async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running--
      return { observation: 'x', done: true, success: true }
    },
  })
  await agentWith().runBatch(createEnvironment, ['a', 'b', 'c', 'd', 'e'], { concurrency: 2 })
  expect(most).toBe(2)
})

test('an aborted batch settles the rest with aborted', async () => {
  const controller = new AbortController()
  const onEvent = ({ type }: AgentEvent): void => void (type === 'episode-end' && controller.abort())
  const outcomes = await agentWith({ maxSteps: 1 }).runBatch(endless, ['a', 'b', 'c'], { signal: controller.signal, onEvent })
  expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.error.code : 'kept'))).toEqual(['kept', 'aborted', 'aborted'])
})

test('an abort ends a batch though an environment is still being made', async () => {
  const controller = new AbortController()
  const batch = agentWith().runBatch(() => never, ['a', 'b'], { signal: controller.signal })
  controller.abort()
  expect((await batch).map((outcome) => outcome.status === 'rejected' && outcome.error.code)).toEqual(['aborted', 'aborted'])
})

test('a batch refuses wrong options', async () => {
  await expect(agentWith().trainBatch(endless, ['a'], { concurrency: 0 })).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(agentWith().trainBatch(endless, [''])).rejects.toBeInstanceOf(RepriseError)
  await expect(agentWith().trainBatch('endless' as never, ['a'])).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(agentWith().trainBatch(endless, ['a'], { signal: 5 as never })).rejects.toMatchObject({ code: 'invalid-options' })
})

test('parallel episodes record only what they were shown themselves', async () => {
  const memory = spyMemory(({ goal }) => [exemplarOf(`for ${goal}`)])
  const createEnvironment = (): Environment => scriptedEnvironment(() => ({ observation: 'x', done: true, success: true }))
  await agentWith({ memory }).trainBatch(createEnvironment, ['a', 'b', 'c', 'd'], { concurrency: 4 })
  expect(memory.records).toHaveLength(4)
  for (const { trajectory, shown } of memory.records) {
    expect(shown.length).toBe(3)
    expect(new Set(shown.map(({ trajectoryId }) => trajectoryId))).toEqual(new Set([`for ${trajectory.goal}`]))
  }
})
