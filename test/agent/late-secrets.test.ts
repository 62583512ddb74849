/** Secrets that become known late, are written oddly, or stand where nobody looks for them. */
import { describe, expect, test } from 'vitest'
import { RepriseError } from '../../src/core/errors.ts'
import type { ApprovalRequest, Environment } from '../../src/core/environment.ts'
import type { LanguageModel } from '../../src/core/model.ts'
import type { Trajectory } from '../../src/core/trajectory.ts'
import { setup, twoSteps } from '../support/agent-setup.ts'
import { exemplarOf, spyMemory } from '../support/spy-memory.ts'

const SECRET = 'hunter2'

/** Learns what is behind `type ` in an action, and takes it out from then on; of an action it also takes out what is short. */
const learning = (): Environment & { taken: string[] } => {
  const known: string[] = []
  const taken: string[] = []
  return {
    ...twoSteps(),
    taken,
    reset: () => 'a page',
    step: (action) => {
      taken.push(action)
      return { observation: 'another page', done: taken.length === 2, success: true }
    },
    redact(text, what) {
      const typed = what === 'action' ? /^type (.*)$/s.exec(text)?.[1] : undefined
      if (typed !== undefined && typed.length > 3) known.push(typed)
      const action = typed === undefined ? text : 'type [secret]'
      return known.reduce((left, secret) => left.replaceAll(secret, '[secret]'), action)
    },
  }
}

function telling(texts: readonly string[], warning?: string): LanguageModel & { seen: string[] } {
  const seen: string[] = []
  return {
    id: 'test/telling',
    seen,
    generate: ({ messages, onText, onWarning }) => {
      const text = texts[seen.push(JSON.stringify(messages)) - 1] ?? ''
      for (const bit of text.match(/.{1,3}/gs) ?? []) onText?.(bit)
      if (warning !== undefined) onWarning?.(warning)
      return Promise.resolve({ text, toolCalls: [], finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 1 } })
    },
  }
}

describe('what becomes a secret when the agent writes it', () => {
  test('is out of what is told of that answer, whatever stood around the action', async () => {
    for (const answer of [
      `Action: type ${SECRET}`,
      `<think>so I write ${SECRET}</think>type ${SECRET}`,
      `\`\`\`\ntype ${SECRET}\n\`\`\``,
    ]) {
      const { agent, events } = setup({ model: telling(['plan', 'thought', answer, 'thought', 'go']) })
      const environment = learning()
      await agent.run(environment, 'log in')
      expect(environment.taken[0]).toBe(`type ${SECRET}`)
      expect(JSON.stringify(events)).not.toContain(SECRET)
    }
  })

  test('is out of the answer though it is too short to be looked for elsewhere', async () => {
    const { agent, events, memory } = setup({ model: telling(['plan', 'thought', '<think>it is 123</think>type 123', 'thought', 'go']) })
    const environment = learning()
    await agent.train(environment, 'pay')
    expect(environment.taken[0]).toBe('type 123')
    expect(JSON.stringify([events, memory.records])).not.toContain('123')
  })

  test('is out of plan, history, observation and queries from then on', async () => {
    const model = telling([`write ${SECRET}`, `${SECRET} goes here`, `type ${SECRET}`, 'thought', 'go'])
    const { agent, memory } = setup({ model })
    await agent.run({ ...learning(), reset: () => `you said ${SECRET}` }, 'log in')
    expect(JSON.stringify(model.seen.slice(3))).not.toContain(SECRET)
    expect(JSON.stringify(memory.queries.slice(3))).not.toContain(SECRET)
  })

  test('an action of an earlier episode teaches nothing', async () => {
    const exemplar = { ...exemplarOf('a'), steps: [{ observation: 'o', reasoning: 'r', action: 'type page' }] }
    const { agent, events } = setup({ model: telling(['plan', 'thought', 'look', 'thought', 'go']), memory: spyMemory(() => [exemplar]) })
    await agent.run(learning(), 'look')
    expect(events[0]).toMatchObject({ observation: 'a page' })
    expect(events.at(-1)).toMatchObject({ trajectory: { steps: [{ observation: 'a page' }, { observation: 'another page' }] } })
  })

  test('stands in no question about that action', async () => {
    const asked: ApprovalRequest[] = []
    const environment: Environment = {
      ...learning(),
      step: async (action, { approve }) => {
        await approve({ effect: 'fill', action, description: 'fill' })
        return { observation: 'end', done: true, success: true }
      },
    }
    const model = telling(['plan', 'thought', 'type 123'])
    const { agent, events } = setup({ model, confirm: (request) => Boolean(asked.push(request)) })
    await agent.run(environment, 'pay')
    expect(asked).toMatchObject([{ action: 'type [secret]' }])
    expect(JSON.stringify(events)).not.toContain('123')
  })
})

const without = (text: string): string => text.replaceAll(SECRET, '[password]')
const plain = ['plan', 'thought', 'go', 'thought', 'go']

describe('what is taken out', () => {
  test('is out of warnings of a model', async () => {
    const { agent, events } = setup({ model: telling(plain, `not used: ${SECRET}`) })
    await agent.run({ ...twoSteps(), redact: without }, 'g')
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', message: 'not used: [password]' }))
    expect(JSON.stringify(events)).not.toContain(SECRET)
  })

  test("is out of an error's causes, and of what hangs on them", async () => {
    const deep = Object.assign(new Error('refused', { cause: new Error(`wrong password ${SECRET}`) }), { body: SECRET })
    const broken: (() => Error)[] = [() => deep, () => new RepriseError('model-output', 'no use', { cause: `it said ${SECRET}` })]
    for (const thrown of broken) {
      const environment: Environment = { ...twoSteps(), redact: without, step: () => Promise.reject(thrown()) }
      const error: unknown = await setup({ model: telling(plain) })
        .agent.run(environment, 'g')
        .catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(RepriseError)
      const texts: string[] = []
      for (let at = error; at !== undefined; at = at instanceof Error ? at.cause : undefined)
        texts.push(String(at), at instanceof Error ? String(at.stack) : '', JSON.stringify(at))
      expect(texts.join('\n')).not.toContain(SECRET)
      expect((error as Error).cause).toBeDefined()
    }
  })

  test('changes no id, date or word of the library in what is kept', async () => {
    const everything = (text: string): string => text.replace(/environment|agent|[a-z]*\d+[\w:.-]*/g, '[x]')
    const memory = spyMemory(() => [exemplarOf('id-1')])
    const { agent, events } = setup({ memory, model: telling(plain) })
    const ended: Environment = {
      reset: () => 'o',
      step: () => ({ observation: 'e', done: true, success: true, judge: 'agent' }),
      redact: everything,
    }
    const trajectory: Trajectory = await agent.train(ended, 'g')
    expect(trajectory.provenance.rewardSource).toBe('agent')
    expect(Number.isNaN(Date.parse(trajectory.createdAt))).toBe(false)
    expect(events.at(-1)).toMatchObject({ trajectory: { id: events[0]?.episodeId } })
    expect(memory.records[0]?.shown[0]).toMatchObject({ trajectoryId: 'id-1', score: 1 })
  })

  test('makes no two questions one: an answer for the run covers what was asked', async () => {
    const asked: ApprovalRequest[] = []
    const environment: Environment = {
      ...twoSteps(),
      redact: (text) => text.replace(/\d{6,}|pay/g, '[number]'),
      step: async (action, { approve }) => {
        for (const account of ['111111', '222222', '111111'])
          await approve({ effect: 'pay', action, description: `pay ${account}`, scope: account })
        return { observation: 'end', done: true, success: true }
      },
    }
    const { agent } = setup({ model: telling(plain), confirm: (request) => (asked.push(request), 'run') })
    await agent.run(environment, 'g')
    expect(asked).toHaveLength(2)
    expect(asked[0]).toMatchObject({ effect: 'pay', scope: '[number]' })
  })
})
