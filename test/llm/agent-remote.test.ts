/** An agent on a remote model: what really goes over the wire. */
import { expect, test } from 'vitest'
import { createAgent } from '../../src/agent/create-agent.ts'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { createMemoryEngine } from '../../src/memory/memory-engine.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import { scriptedEnvironment } from '../../src/testing/index.ts'
import { KEY, remote, useServer } from './aimock.ts'

const server = useServer()

interface Body {
  model: string
  temperature: number
  messages: { role: string; content: string }[]
}

const bodies = (): Body[] => server.sent().map(({ body }) => body as unknown as Body)
const lastOf = ({ messages }: Body): string => messages.at(-1)?.content ?? ''

test('the exemplars of the memory are in the prompts of all three decisions, best last, fenced, and never in the system role', async () => {
  server.mock.onMessage(/What is the plan/, { content: 'take the lift' })
  server.mock.onMessage(/what should be done next/, { content: 'the lift is here' })
  server.mock.onMessage(/What is the next action/, { content: 'press 3' })
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder: hashEmbedder() })
  const step = { observation: 'a lift with buttons', reasoning: 'the third floor is button 3', action: 'PRESS THREE' }
  await memory.add({ id: 'near', goal: 'go to the third floor', plan: 'use the lift', steps: [step], outcome: 'third floor' })
  await memory.add({ id: 'far', goal: 'buy apples', plan: 'find the market', steps: [{ ...step, action: 'PAY FOR APPLES' }] })

  const environment = scriptedEnvironment([{ observation: 'you are there', done: true, success: true }], { observation: 'a lift' })
  const agent = createAgent({ model: remote(server), memory, k: 2 })
  const trajectory = await agent.train(environment, 'go to the fourth floor')

  expect(trajectory).toMatchObject({ plan: 'take the lift', steps: [{ reasoning: 'the lift is here', action: 'press 3' }] })
  expect(bodies()).toHaveLength(3)
  for (const body of bodies()) {
    expect(body).toMatchObject({ model: 'gpt-4.1-mini', temperature: 0.1 })
    const [system, ...others] = body.messages
    expect(system?.role).toBe('system')
    expect(system?.content).not.toContain('PRESS THREE')
    expect(others.map(({ role }) => role)).toEqual(['user'])
    const fenced = /<data-(\w+) kind="examples">([\s\S]*?)<\/data-\1>/.exec(lastOf(body))?.[2] ?? ''
    expect(fenced.indexOf('PAY FOR APPLES')).toBeGreaterThan(-1)
    expect(fenced.indexOf('PRESS THREE')).toBeGreaterThan(fenced.indexOf('PAY FOR APPLES'))
    expect(lastOf(body)).toContain('Goal: go to the fourth floor')
  }
  expect(await memory.count()).toBe(3)
  expect(JSON.stringify(bodies())).not.toContain(KEY)
  await memory.close()
})

test('the second time the agent is shown what it did the first time', async () => {
  server.mock.onMessage(/./, { content: 'knock twice' })
  const memory = await createMemoryEngine({ store: openMemoryStore(), embedder: hashEmbedder() })
  const agent = createAgent({ model: remote(server), memory })
  const environment = () => scriptedEnvironment([{ observation: 'it opens', done: true, success: true }], { observation: 'a shut door' })
  await agent.train(environment(), 'open the red door')
  expect(bodies().some((body) => lastOf(body).includes('Earlier successes'))).toBe(false)
  server.mock.clearRequests()
  await agent.run(environment(), 'open the blue door')
  for (const body of bodies())
    expect(lastOf(body)).toMatch(/Earlier successes[\s\S]*Goal: open the red door[\s\S]*Action: knock twice[\s\S]*Outcome: it opens/)
  await memory.close()
})
