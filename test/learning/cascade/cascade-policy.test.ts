import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RepriseError } from '../../../src/core/errors.ts'
import type { ModelCall } from '../../../src/core/model.ts'
import type { CascadeOptions, Deferral } from '../../../src/learning/cascade/cascade-options.ts'
import { cascadePolicy } from '../../../src/learning/cascade/cascade-policy.ts'
import { bare, situationOf, student, teacher } from './situations.ts'

const oneByOne = { prompts: bare, parallel: false, sampled: ['act'] } as const
const failed = new RepriseError('model-failed', 'no answer today')

test('a student whose samples agree decides; the teacher is not asked', async () => {
  const models = { student: student(['go', ' go\n', 'go']), teacher: teacher() }
  const decision = await cascadePolicy({ ...oneByOne, ...models }).act(situationOf())
  expect(decision).toMatchObject({ text: 'go', model: 'test/student', shown: ['c'], samples: ['go', ' go\n', 'go'] })
  expect(models.teacher.requests).toHaveLength(0)
})

test('the first sample that differs stops the sampling, and the teacher decides', async () => {
  const models = { student: student(['go', 'stay', 'go']), teacher: teacher(['jump']) }
  const deferrals: Deferral[] = []
  const policy = cascadePolicy({ ...oneByOne, ...models, onDeferral: (deferral) => deferrals.push(deferral) })
  const decision = await policy.act(situationOf())
  expect(decision).toMatchObject({ text: 'jump', model: 'test/teacher', samples: ['go', 'stay'] })
  expect(models.student.requests).toHaveLength(2)
  expect(deferrals).toEqual([
    {
      goal: 'open the box',
      phase: 'act',
      step: 0,
      student: 'test/student',
      teacher: 'test/teacher',
      samples: ['go', 'stay'],
      cause: 'disagreement',
    },
  ])
})

test('usage and calls of samples and teacher are summed, and told as they come', async () => {
  const usage = (inputTokens: number, outputTokens: number) => ({ inputTokens, outputTokens, costUSD: inputTokens / 1000 })
  const models = {
    student: student([
      { text: 'go', usage: usage(10, 1) },
      { text: 'stay', usage: usage(10, 2) },
    ]),
    teacher: teacher([{ text: 'jump', usage: usage(20, 4) }]),
  }
  const told: ModelCall[] = []
  let asked = 0
  const situation = situationOf({ onCall: (call) => told.push(call), beforeCall: () => void asked++ })
  const { calls, usage: sum } = await cascadePolicy({ ...oneByOne, ...models }).act(situation)
  expect(sum).toEqual({ inputTokens: 40, outputTokens: 7, costUSD: 0.04 })
  expect(calls?.map(({ model }) => model)).toEqual(['test/student', 'test/student', 'test/teacher'])
  expect(told).toEqual(calls)
  expect(asked).toBe(3)
})

test('phases that are not sampled are decided by one answer of the student', async () => {
  const models = { student: student(['a plan', 'a thought']), teacher: teacher() }
  const policy = cascadePolicy({ ...oneByOne, ...models })
  expect(await policy.plan(situationOf())).toMatchObject({ text: 'a plan', model: 'test/student' })
  expect(await policy.reason(situationOf())).not.toHaveProperty('samples')
})

test('samples are drawn warm, other decisions and the teacher as their prompts say', async () => {
  const models = { student: student(['a thought', 'go', 'stay']), teacher: teacher(['jump']) }
  const policy = cascadePolicy({ ...oneByOne, ...models })
  await policy.reason(situationOf())
  await policy.act(situationOf())
  expect(models.student.requests.map(({ temperature }) => temperature)).toEqual([0.1, 0.7, 0.7])
  expect(models.teacher.requests[0]?.temperature).toBe(0.1)
  const cold = { ...bare, act: () => ({ ...bare.act(situationOf()), temperature: 0 }) }
  const warm = student(['go', 'stay'])
  await cascadePolicy({ ...oneByOne, ...models, student: warm, teacher: teacher(), prompts: cold, temperature: 1.5 }).act(situationOf())
  expect(warm.requests.map(({ temperature }) => temperature)).toEqual([1.5, 1.5])
})

test('a step is sampled as one: different reasonings may lead to the same action', async () => {
  const models = { student: student(['locked', 'go', 'shut', 'go', 'closed', 'go']), teacher: teacher() }
  const policy = cascadePolicy({ prompts: bare, parallel: false, ...models })
  const situation = situationOf({ reasoning: '' })
  const reason = await policy.reason(situation)
  expect(reason).toMatchObject({ text: 'locked', model: 'test/student', samples: ['locked', 'shut', 'closed'] })
  expect(reason.calls).toHaveLength(6)
  const act = await policy.act({ ...situation, reasoning: reason.text })
  expect(act).toMatchObject({ text: 'go', model: 'test/student', samples: ['go', 'go', 'go'], calls: [], usage: { inputTokens: 0 } })
  expect(models.student.requests.map(({ messages }) => messages[0]?.content)).toContain('act on shut')
})

test('the teacher reasons and acts in a step where actions differ', async () => {
  const models = { student: student(['locked', 'go', 'shut', 'stay']), teacher: teacher(['needs a key', 'take key']) }
  const deferrals: Deferral[] = []
  const policy = cascadePolicy({ prompts: bare, parallel: false, ...models, onDeferral: (deferral) => deferrals.push(deferral) })
  const situation = situationOf({ reasoning: '' })
  const reason = await policy.reason(situation)
  expect(reason).toMatchObject({ text: 'needs a key', model: 'test/teacher', samples: ['locked', 'shut'] })
  expect(await policy.act({ ...situation, reasoning: reason.text })).toMatchObject({ text: 'take key', model: 'test/teacher' })
  expect(models.teacher.requests.map(({ messages }) => messages[0]?.content)).toEqual(['reason', 'act on needs a key'])
  expect(deferrals).toMatchObject([{ phase: 'reason', samples: ['go', 'stay'] }])
})

test('an action whose reasoning came from elsewhere is sampled by itself', async () => {
  const models = { student: student(['go', 'go', 'stay']), teacher: teacher(['jump']) }
  const decision = await cascadePolicy({ prompts: bare, parallel: false, ...models }).act(situationOf())
  expect(decision).toMatchObject({ text: 'jump', model: 'test/teacher', samples: ['go', 'go', 'stay'] })
})

test('episodes at once do not take over what was settled in one another', async () => {
  const models = {
    student: student((request, index) => (request.messages[0]?.content === 'reason' ? 'same' : index < 6 ? 'go' : 'stay')),
    teacher: teacher(),
  }
  const policy = cascadePolicy({ prompts: bare, parallel: false, ...models })
  const [one, other] = [situationOf({ reasoning: '' }), situationOf({ reasoning: '' })]
  await policy.reason(one)
  await policy.reason(other)
  expect((await policy.act({ ...other, reasoning: 'same' })).text).toBe('stay')
  expect((await policy.act({ ...one, reasoning: 'same' })).text).toBe('go')
})

test.each([
  ['fails', failed],
  ['says nothing, twice', ''],
  ['throws what is none of ours', new Error('oops')],
] as const)('a student that %s leaves the decision to the teacher, with a warning', async (_how, answer) => {
  const warnings: string[] = []
  const deferrals: Deferral[] = []
  const models = { student: student((_request, index) => (index === 0 ? 'go' : answer)), teacher: teacher(['jump']) }
  const policy = cascadePolicy({ ...oneByOne, ...models, onDeferral: (deferral) => deferrals.push(deferral) })
  const decision = await policy.act(situationOf({ onWarning: (message) => warnings.push(message) }))
  expect(decision).toMatchObject({ text: 'jump', model: 'test/teacher', samples: ['go'] })
  expect(warnings).toEqual([expect.stringContaining('test/teacher decides in its place')])
  expect(deferrals).toMatchObject([{ cause: 'failure', error: expect.any(RepriseError) as unknown }])
})

test('a student that fails where it is asked only once is helped as well', async () => {
  const policy = cascadePolicy({ ...oneByOne, student: student([failed]), teacher: teacher(['a plan']) })
  expect(await policy.plan(situationOf())).toMatchObject({ text: 'a plan', model: 'test/teacher' })
})

test('a student that cannot run at all ends the episode instead of spending on the teacher', async () => {
  const gone = new RepriseError('model-unavailable', 'no GPU')
  const models = { student: student([gone]), teacher: teacher() }
  await expect(cascadePolicy({ ...oneByOne, ...models }).act(situationOf())).rejects.toBe(gone)
  expect(models.teacher.requests).toHaveLength(0)
})

test('a teacher that fails ends the episode with its error', async () => {
  const policy = cascadePolicy({ ...oneByOne, student: student(['go', 'stay']), teacher: teacher([failed]) })
  await expect(policy.act(situationOf())).rejects.toBe(failed)
})

test('a budget that is used up ends the sampling', async () => {
  const over = new RepriseError('budget-exceeded', 'two calls')
  let asked = 0
  const beforeCall = (): void => {
    if (asked++ === 2) throw over
  }
  const models = { student: student(['go', 'go', 'go']), teacher: teacher() }
  await expect(cascadePolicy({ ...oneByOne, ...models }).act(situationOf({ beforeCall }))).rejects.toBe(over)
  expect(models.teacher.requests).toHaveLength(0)
})

test.each([true, false])('an abort ends all samples, in parallel: %s', async (parallel) => {
  const leaving = new AbortController()
  const heard: boolean[] = []
  const waiting = student(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    leaving.abort()
    return 'go'
  })
  const slow = {
    ...waiting,
    generate: (request: Parameters<typeof waiting.generate>[0]) => {
      request.signal?.addEventListener('abort', () => heard.push(true))
      return waiting.generate(request)
    },
  }
  const policy = cascadePolicy({ ...oneByOne, parallel, student: slow, teacher: teacher() })
  await expect(policy.act(situationOf({ signal: leaving.signal }))).rejects.toMatchObject({ code: 'aborted' })
  expect(heard).toHaveLength(parallel ? 3 : 1)
})

test('what samples agree on is told as one text, and of others nothing', async () => {
  const heard: string[] = []
  const onText = (delta: string): void => void heard.push(delta)
  const given = { ...oneByOne, teacher: teacher(['jump over']) }
  await cascadePolicy({ ...given, student: student(['go north']), samples: 2, equivalent: () => true })
    .act(situationOf({ onText }))
    .catch(() => {})
  await cascadePolicy({ ...given, student: student(['go', 'go', 'go']) }).act(situationOf({ onText }))
  expect(heard.join('')).toBe('jump overgo')
})

test('with a seed each sample has its own, and the same prompt the same ones', async () => {
  const models = { student: student(() => 'go'), teacher: teacher() }
  const policy = cascadePolicy({ ...oneByOne, ...models, seed: 7 })
  await policy.act(situationOf())
  await policy.act(situationOf())
  const seeds = models.student.requests.map(({ seed }) => seed)
  expect(new Set(seeds.slice(0, 3)).size).toBe(3)
  expect(seeds.slice(3)).toEqual(seeds.slice(0, 3))
  expect(seeds.every((seed) => Number.isInteger(seed) && Number(seed) >= 0 && Number(seed) < 2 ** 31)).toBe(true)
})

test('a model that knows seeds is given different ones unasked; others none', async () => {
  const plain = student(() => 'go')
  await cascadePolicy({ ...oneByOne, student: plain, teacher: teacher() }).act(situationOf())
  expect(plain.requests.map(({ seed }) => seed)).toEqual([undefined, undefined, undefined])
  const knowing = student(() => 'go')
  await cascadePolicy({ ...oneByOne, student: { ...knowing, capabilities: { seed: true } }, teacher: teacher() }).act(situationOf())
  expect(new Set(knowing.requests.map(({ seed }) => seed)).size).toBe(3)
})

test('each model has its own prompt format where two are given', async () => {
  const shouting = { ...bare, act: () => ({ messages: [{ role: 'user' as const, content: 'ACT' }], shown: [] }) }
  const models = { student: student(['go', 'stay']), teacher: teacher() }
  const decision = await cascadePolicy({ ...oneByOne, ...models, prompts: { student: bare, teacher: shouting } }).act(situationOf())
  expect(decision.text).toBe('teacher ACT')
  expect(models.student.requests[0]?.messages[0]?.content).toBe('act on it is locked')
})

test('the teacher decides exactly where the samples are not all equivalent, and no sample is drawn after the first that differs', async () => {
  const letters = fc.array(fc.constantFrom('a', 'b', ' a'), { minLength: 2, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(letters, fc.boolean(), async (answers, parallel) => {
      const models = { student: student(answers), teacher: teacher(['from above']) }
      const policy = cascadePolicy({ ...oneByOne, ...models, samples: answers.length, parallel })
      const { model } = await policy.act(situationOf())
      const agree = new Set(answers.map((answer) => answer.trim())).size === 1
      expect(model).toBe(agree ? 'test/student' : 'test/teacher')
      const differs = answers.findIndex((answer) => answer.trim() !== answers[0]?.trim())
      if (!parallel) expect(models.student.requests).toHaveLength(agree ? answers.length : differs + 1)
    }),
  )
})

test.each([
  [{ samples: 1 }, 'samples must be at least 2'],
  [{ temperature: 0 }, 'temperature must be more than 0'],
  [{ sampled: [] }, 'sampled must be at least 1'],
  [{ sampled: ['step', 'act'] }, "sampled must hold either 'step', or"],
  [{ equivalent: 'meaning' }, "equivalent must be 'text', 'json' or a function"],
  [{ teacher: student(['x']) }, 'both called test/student'],
] as [Partial<CascadeOptions>, string][])('wrong options are refused: %o', (options, message) => {
  const make = (): unknown => cascadePolicy({ student: student([]), teacher: teacher(), ...options })
  expect(make).toThrow(expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining(message) as unknown }) as Error)
})
