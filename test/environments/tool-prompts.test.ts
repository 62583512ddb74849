/** Tools, an agent and its prompts together: what a model reads of the tools, and what is kept of them. */
import { expect, test } from 'vitest'
import { createAgent } from '../../src/agent/create-agent.ts'
import { toolEnvironment } from '../../src/environments/tool-environment.ts'
import { scriptedModel } from '../../src/testing/index.ts'
import { exemplarOf, spyMemory } from '../support/spy-memory.ts'

const count = (text: string, part: string): number => text.split(part).length - 1

test('a prompt tells each tool once, examples show its calls, and the stored trajectory holds no schema', async () => {
  const action = '{"tool":"route","input":{"ticket":7,"desk":"billing"}}'
  const earlier = { ...exemplarOf('earlier'), steps: [{ observation: 'Tools: route, finish.', reasoning: 'It is a bill.', action }] }
  const memory = spyMemory(() => [earlier])
  const model = scriptedModel(['Route it.', 'It is a bill.', action.replace('7', '8'), 'Routed.', '{"tool":"finish","input":{}}'])
  const environment = toolEnvironment({
    tools: [
      {
        name: 'route',
        description: 'Sends a ticket to a desk.',
        inputSchema: {
          type: 'object',
          properties: { ticket: { type: 'number', description: 'Its number.' }, desk: { enum: ['billing', 'support'] } },
          required: ['ticket', 'desk'],
        },
        execute: ({ ticket, desk }) => `${ticket} is at ${desk}`,
      },
    ],
  })

  const trajectory = await createAgent({ model, memory }).train(environment, 'Route ticket 8')

  expect(trajectory.steps.map(({ observation }) => observation)).toEqual(['Tools: route, finish.', '8 is at billing'])
  const prompts = model.requests.map(({ messages }) => messages.map(({ content }) => content).join('\n'))
  for (const prompt of prompts.slice(1)) {
    expect(count(prompt, 'Sends a ticket to a desk.')).toBe(1)
    expect(count(prompt, 'Its number.')).toBe(1)
    expect(prompt).toContain(`Action: ${action}`)
  }
  expect(memory.records).toHaveLength(1)
  expect(JSON.stringify(memory.records)).not.toMatch(/Sends a ticket|Its number|properties/)
})
