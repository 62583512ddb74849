/** An agent with a scripted model and a memory that remembers what it was told, for tests of the loop alone. */
import { createAgent, type Agent } from '../../src/agent/create-agent.ts'
import type { AgentOptions } from '../../src/agent/options.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import { scriptedEnvironment, scriptedModel, type ScriptedEnvironment } from '../../src/testing/index.ts'
import { spyMemory, type SpyMemory } from './spy-memory.ts'

export const twoSteps = (): ScriptedEnvironment =>
  scriptedEnvironment(['a corridor', { observation: 'outside', done: true, success: true }], { observation: 'a room' })
export const answers = ['the plan', 'thought 1', 'action 1', 'thought 2', 'action 2']

export function setup(given: Partial<AgentOptions> = {}): { agent: Agent; memory: SpyMemory; events: AgentEvent[] } {
  const memory = (given.memory as SpyMemory | undefined) ?? spyMemory()
  const events: AgentEvent[] = []
  const agent = createAgent({ model: scriptedModel(answers), memory, onEvent: (event) => events.push(event), clock: () => 0, ...given })
  return { agent, memory, events }
}
