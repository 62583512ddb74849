/** The page of the cascade benchmark: each goal by each arm, with the shipped models, the real memory and the agent. */
import type { Policy } from '../../src/core/policy.ts'
import { deriveSeed } from '../../src/embedded/random.ts'
import { createTextWorld } from '../../src/embedded/world/text-world.ts'
import { createAgent, hashEmbedder, openMemory, type Agent, type AgentOptions, type OpenMemory } from '../../src/index.ts'
import { cascadePolicy } from '../../src/learning/cascade/cascade-policy.ts'
import { tallyEpisodes } from '../../src/learning/cascade/tally.ts'
import { embeddedModel } from '../../src/presets/embedded.ts'
import { storedIn } from '../learning/demonstrations.ts'
import { seeded } from '../learning/models.ts'
import { worldAt, type WorldAt } from '../learning/rows.ts'
import { host } from './host.ts'
import { ARMS, rowOf, type Arm, type Setup } from './setups.ts'

const { setups, n, lane, lanes } = await host.benchConfig()
const models = { student: embeddedModel({ size: 'small' }), teacher: embeddedModel() }
await Promise.all([models.student.load(), models.teacher.load()])
const memory = await openMemory({ name: `cascade-${lane}`, embedder: hashEmbedder() })

for (let world = lane; world < n; world += lanes) {
  const began = performance.now()
  for (const setup of setups) await runWorld(setup, world)
  await host.benchSay(`world ${world + 1} of ${n}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
}
await memory.clear()
await memory.close()
document.title = 'finished'

async function runWorld(setup: Setup, index: number): Promise<void> {
  const row = rowOf(setup)
  const at = worldAt(row, index)
  const world = createTextWorld(at)
  await memory.clear()
  for (const trajectory of storedIn(at, row.stored)) await memory.add(trajectory)
  const [goal = ''] = world.goals(1, { seed: deriveSeed(at.seed, 'goals') })
  for (const arm of ARMS) {
    const tallies = tallyEpisodes()
    const agent = agentFor(arm, { memory, at, maxSteps: world.stepBudget })
    await agent.run(world.environment({ seed: deriveSeed(at.seed, 'options', 0) }), goal, { onEvent: tallies.onEvent })
    for (const episode of tallies.episodes()) await host.benchKeep({ setup, arm: arm.name, world: index, episode })
  }
}

function agentFor({ by, k }: Arm, given: { memory: OpenMemory; at: WorldAt; maxSteps: number }): Agent {
  const seed = deriveSeed(given.at.seed, 'sampling')
  const [student, teacher] = [seeded(models.student, seed), seeded(models.teacher, seed)]
  const common: AgentOptions = { memory: given.memory, maxSteps: given.maxSteps, k }
  if (by === 'student') return createAgent({ ...common, model: student })
  if (by === 'teacher') return createAgent({ ...common, model: teacher })
  // One worker answers one call after another: asked at once, calls would only wait for each other.
  const policy: Policy = cascadePolicy({ student, teacher, ...by, parallel: false })
  return createAgent({ ...common, policy })
}
