/** Does pruning help in the text world? The same worlds, goals and seeds, with the default curation and without any. */
import { createAgent, hashEmbedder, openMemory } from '../../src/index.ts'
import { createTextWorld, deriveSeed, embeddedModel, simulateIdeal, TEXT_WORLD_STEPS } from '../../src/presets/embedded.ts'
import { shareOf, show } from '../../test/e2e/statistics.ts'

const WORLDS = 10
const GOALS = 60
const arms = { 'without pruning': false, 'default pruning': { threshold: 0.3, minRetrievals: 5 } } as const
const outcomes: Record<string, boolean[]> = { 'without pruning': [], 'default pruning': [], ideal: [] }

for (let seed = 101; seed < 101 + WORLDS; seed++) {
  const world = createTextWorld({ seed })
  const goals = world.goals(GOALS, { seed: deriveSeed(seed, 1) })
  for (const [arm, curation] of Object.entries(arms)) {
    const memory = await openMemory({ name: `curation-${seed}`, embedder: hashEmbedder(), storage: 'memory' })
    const model = embeddedModel({ seed })
    const agent = createAgent({ model, memory, k: 4, maxSteps: TEXT_WORLD_STEPS, curation })
    const successes: boolean[] = []
    for (const [i, goal] of goals.entries()) {
      const { success } = await agent.train(world.environment({ seed: deriveSeed(seed, i) }), goal)
      successes.push(success)
    }
    outcomes[arm]?.push(...successes.slice(-20))
    const { count, pruned } = await memory.stats()
    console.log(`world ${seed}, ${arm}: ${successes.slice(-20).filter(Boolean).length} of the last 20; ${pruned} of ${count} pruned`)
    await memory.close()
    model.close()
  }
  const ideal = simulateIdeal(world, goals, { seed }).map(({ success }) => success)
  outcomes['ideal']?.push(...ideal.slice(-20))
}
for (const [arm, successes] of Object.entries(outcomes))
  console.log(`last 20 of ${GOALS} goals, ${WORLDS} worlds, ${arm}: ${show(shareOf(successes))}`)
document.title = 'finished'
