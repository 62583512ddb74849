/** Fills a memory: most of it by an import, the last trajectories one at a time, which is timed. Then what it takes on disk, and how long a copy of it takes. */
import { deleteMemory } from '../../src/memory/delete-memory.ts'
import { openBenchMemory, timed, untilReady } from './bench-memory.ts'
import { trajectoryAt } from './corpus.ts'
import type { Results } from './stages.ts'

const ADDS = 200
const COPY = 'bench-fork'
/** Milliseconds for what is written behind the scenes: nothing tells when the index was saved. */
const SAVED_WITHIN = 2_000

export async function measureFill(size: number): Promise<Results['fill']> {
  const before = await usage()
  const memory = await openBenchMemory(size)
  const adds = Math.min(ADDS, Math.floor(size / 2))
  const imported = await timed(async () => {
    await memory.import(lines(size - adds), { accept: true })
  })
  await untilReady(memory, size - adds)
  const times: number[] = []
  for (let i = size - adds; i < size; i++) times.push((await timed(() => memory.add(trajectoryAt(i)))).ms)
  await untilReady(memory, size)
  await new Promise((resolve) => setTimeout(resolve, SAVED_WITHIN))
  const { bytes, index } = await memory.stats()
  const used = (await usage()) - before
  const forked = await timed(() => memory.fork(COPY))
  await memory.close()
  await deleteMemory(COPY)
  return {
    adds: times,
    imported: { count: size - adds, ms: imported.ms },
    bytes,
    usage: used,
    fork: forked.ms,
    index: `${index.kind}: ${index.reason}`,
  }
}

async function* lines(count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) yield `${JSON.stringify(trajectoryAt(i))}\n`
}

async function usage(): Promise<number> {
  return (await navigator.storage.estimate()).usage ?? NaN
}
