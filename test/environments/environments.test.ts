/** Every environment of the library, against the contract. */
import * as z from 'zod'
import type { Environment } from '../../src/core/environment.ts'
import { createTextWorld } from '../../src/embedded/index.ts'
import { toolEnvironment } from '../../src/environments/tool-environment.ts'
import { scriptedEnvironment } from '../../src/testing/scripted-environment.ts'
import { testEnvironment } from '../contracts/environment.ts'

/** A drawer to open and a key to take, and a tool that takes anything. */
function drawer(): Environment {
  let open = false
  return toolEnvironment({
    tools: [
      {
        name: 'open',
        description: 'Opens something.',
        inputSchema: z.object({ what: z.string() }),
        execute: ({ what }) => void (open ||= what === 'drawer'),
      },
      { name: 'take', description: 'Takes the key.', inputSchema: { type: 'object' }, execute: () => (open ? 'taken' : 'It is shut in.') },
      { name: 'say', description: 'Says anything.', inputSchema: {}, execute: (input) => input },
      { name: 'wait', description: 'Waits.', inputSchema: {}, execute: () => new Promise(() => {}) },
    ],
    observation: () => {
      open = false
      return 'A drawer.'
    },
    isDone: ({ lastResult }) => lastResult === 'taken',
  })
}

testEnvironment('toolEnvironment', {
  create: drawer,
  goal: 'Get the key',
  solution: ['open({"what":"drawer"})', '{"tool":"take","input":{}}'],
  hanging: { create: drawer, action: 'wait()' },
})

const world = createTextWorld({ seed: 4 })
const [goal = ''] = world.goals(1, { seed: 1 })

testEnvironment("the text world's environment", {
  create: () => world.environment(),
  goal,
  solution: world.oracle(goal),
  exceptions: { abort: 'It answers at once, so that there is nothing to abort.' },
})

testEnvironment('scriptedEnvironment with a list', {
  create: () => scriptedEnvironment(['The drawer is open.', { done: true, success: true }], { actions: () => ['open', 'take'] }),
  goal: 'Get the key',
  solution: ['open', 'take'],
})

testEnvironment('scriptedEnvironment with a function', {
  create: () =>
    scriptedEnvironment((action) => (action === 'take' ? { done: true, success: true } : `You ${action}.`), {
      taskId: (name) => name,
    }),
  goal: 'Get the key',
  solution: ['open', 'take'],
  hanging: { create: () => scriptedEnvironment(() => new Promise(() => {})), action: 'wait' },
})
