/** The page of the learning test: the built package, one function for before the reload and one for after. */
const { createAgent, createTextWorld, deriveSeed, embeddedModel, hashEmbedder, openMemory, TEXT_WORLD_STEPS } = globalThis.Reprise

const open = (seed) => openMemory({ name: `learning-${seed}`, embedder: hashEmbedder() })

async function attempt(agent, { seed, goals, learn }) {
  const world = createTextWorld({ seed })
  const outcomes = []
  for (const [i, goal] of goals.entries()) {
    const environment = world.environment({ seed: deriveSeed(seed, learn ? i : 1000 + i) })
    const { success } = learn ? await agent.train(environment, goal) : await agent.run(environment, goal)
    outcomes.push(success)
  }
  return outcomes
}

/** Trains on `goals` from an empty memory; the outcomes, and how many trajectories are stored. */
globalThis.train = async ({ seed, goals }) => {
  const [model, memory] = [embeddedModel({ seed }), await open(seed)]
  await memory.clear()
  const agent = createAgent({ model, memory, k: 4, maxSteps: TEXT_WORLD_STEPS })
  return { learned: await attempt(agent, { seed, goals, learn: true }), stored: await memory.count() }
}

/** Runs `goals` with the memory that is there, and without. */
globalThis.compare = async ({ seed, goals }) => {
  const [model, memory] = [embeddedModel({ seed: seed + 1 }), await open(seed)]
  const stored = await memory.count()
  const known = (await memory.list({ limit: 1000 })).items.map(({ trajectory }) => trajectory)
  const agentWith = (k) => createAgent({ model, memory, k, maxSteps: TEXT_WORLD_STEPS })
  const withMemory = await attempt(agentWith(4), { seed, goals, learn: false })
  const without = await attempt(agentWith(0), { seed, goals, learn: false })
  const after = await memory.count()
  await memory.close()
  model.close()
  return { stored, after, known, withMemory, without }
}
