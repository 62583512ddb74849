/** What a memory says of itself, once it has nothing left to do in the background. */
import type { MemoryQuery } from '../../../src/core/memory.ts'
import type { MemoryStats, OpenMemory, TrajectoryListing } from '../../../src/memory/open-memory.ts'
import type { Survey, SurveyOptions } from '../page-api.ts'

/** Pauses between two looks (ms), and looks. */
const PAUSE = 20
const LOOKS = 500

export async function survey(memory: OpenMemory, queries: readonly MemoryQuery[], options: SurveyOptions): Promise<Survey> {
  const stats = await settled(memory, options)
  const retrieved: Survey['retrieved'] = []
  for (const query of queries) {
    const exemplars = await memory.retrieve(query, { k: options.k, window: 0 })
    retrieved.push(exemplars.map(({ trajectoryId, score }) => [trajectoryId, score]))
  }
  const listed = (await everything(memory)).map(({ trajectory: { id }, status, retrievals, feedback }) => ({
    id,
    status,
    retrievals,
    verdicts: feedback.length,
  }))
  const { count, retrievable, pruned, corrupt, index } = stats
  return { count: await memory.count(), stats: { count, retrievable, pruned, corrupt, index: index.kind }, listed, retrieved }
}

/** What does not come to rest is looked at as it is: the test then says what is wrong with it. */
async function settled(memory: OpenMemory, { graph, retrievable }: SurveyOptions): Promise<MemoryStats> {
  let stats = await memory.stats()
  for (let look = 0; look < LOOKS && !isSettled(stats); look++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
    stats = await memory.stats()
  }
  return stats

  function isSettled(now: MemoryStats): boolean {
    const complete = retrievable === undefined || now.retrievable === retrievable
    return complete && !now.loading && !now.rebuilding && (!graph || now.retrievable === 0 || now.index.kind === 'hnsw')
  }
}

async function everything(memory: OpenMemory): Promise<TrajectoryListing[]> {
  const all: TrajectoryListing[] = []
  let cursor: string | undefined
  do {
    const page = await memory.list({ limit: 100, ...(cursor !== undefined && { cursor }) })
    all.push(...page.items)
    cursor = page.next
  } while (cursor !== undefined)
  return all
}
