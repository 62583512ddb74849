/** From a call of `openMemory` in a page that has loaded to the first answer, and on until nothing is left to be read or built. */
import { openBenchMemory, untilReady } from './bench-memory.ts'
import { K, queryAt } from './corpus.ts'
import type { Opened } from './stages.ts'

export async function measureOpening(size: number): Promise<Opened> {
  const began = performance.now()
  const since = (): number => performance.now() - began
  const memory = await openBenchMemory(size)
  const open = since()
  await memory.retrieve(queryAt('reason', 0), { k: K })
  const search = since()
  const { loadedAt, readyAt } = await untilReady(memory, size)
  await memory.close()
  return { open, search, loaded: loadedAt - began, ready: readyAt - began }
}
