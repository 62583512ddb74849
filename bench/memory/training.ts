/** An agent trains over the full memory, several episodes at once, and the page's main thread is watched: nothing may hold it up. */
import { createAgent } from '../../src/index.ts'
import { scriptedModel } from '../../src/testing/index.ts'
import { watchGaps } from '../gaps.ts'
import { openBenchMemory } from './bench-memory.ts'
import { K, STEPS } from './corpus.ts'
import { placedText, placeFor } from './vectors.ts'
import type { Results } from './stages.ts'

const EPISODES = 40
const CONCURRENCY = 4

export async function measureTraining(size: number): Promise<Results['training']> {
  const longTasks: number[] = []
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)))
  observer.observe({ type: 'longtask' })
  const gaps = watchGaps()
  const began = performance.now()

  const memory = await openBenchMemory(size)
  const texts = textsOf(size)
  const agent = createAgent({ model: scriptedModel(() => texts('thought', 100)), memory, k: K, maxSteps: STEPS })
  const environment = () => {
    let steps = 0
    return {
      reset: () => texts('seen', 160),
      step: () => ({ observation: texts('seen', 160), done: ++steps === STEPS, success: steps === STEPS }),
    }
  }
  const goals = Array.from({ length: EPISODES }, () => texts('goal', 60))
  const settled = await agent.trainBatch(environment, goals, { concurrency: CONCURRENCY })
  const failed = settled.find(({ status }) => status === 'rejected')
  if (failed) throw new Error(`an episode failed: ${JSON.stringify(failed)}`)
  const seconds = (performance.now() - began) / 1000
  const longestGap = gaps.stop()
  await new Promise((resolve) => setTimeout(resolve, 200)) // long tasks are told of late
  observer.disconnect()
  await memory.close()
  const idle = watchGaps()
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds))
  return { longestGap, idleGap: idle.stop(), longTasks, episodes: EPISODES, seconds }
}

/** Never the same text twice. */
function textsOf(size: number): (field: string, length: number) => string {
  let next = 0
  return (field, length) => placedText(field, placeFor(`training ${size} ${Date.now()} ${next++}`), length)
}
