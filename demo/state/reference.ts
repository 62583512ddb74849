/** Floor and ceiling of the learning curve: how far exploring alone gets, and how far perfect use of what was seen would. */
import { deriveSeed, simulateExplorer, simulateIdeal, type TextWorld } from 'reprise/embedded'

export interface Reference {
  /** Chance that an explorer who never repeats itself solves a goal, 0 to 1. */
  floor: number
  /** For each goal, the chance that an agent who applies every rule it has seen solves it, 0 to 1. */
  ceiling: number[]
}

/** Agents that play the same goals, each with luck of its own. */
const REPLICAS = 40

/** Averages many simulated agents over the goals of the curve. Pauses between them, so that the page stays responsive. */
export async function referenceFor(
  world: TextWorld,
  goals: readonly string[],
  { seed, signal }: { seed: number; signal: AbortSignal },
): Promise<Reference | null> {
  let explored = 0
  const ideal = goals.map(() => 0)
  for (let replica = 0; replica < REPLICAS; replica++) {
    await pause()
    if (signal.aborted) return null
    for (const { success } of simulateExplorer(world, goals, { seed: deriveSeed(seed, 'floor', replica) })) explored += Number(success)
    await pause()
    simulateIdeal(world, goals, { seed: deriveSeed(seed, 'ceiling', replica) }).forEach(({ success }, index) => {
      ideal[index] = (ideal[index] ?? 0) + Number(success)
    })
  }
  return { floor: explored / (REPLICAS * Math.max(1, goals.length)), ceiling: ideal.map((successes) => successes / REPLICAS) }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve)
  })
}
