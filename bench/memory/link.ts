/**
 * What it costs that an embedder lives elsewhere: here in the page, from where the library's own worker asks for vectors. `fresh` texts
 * cross to the page and into the cache of embeddings, `known` ones were asked before.
 */
import { openMemory } from '../../src/index.ts'
import { timed } from './bench-memory.ts'
import { placedText, placeFor, createVectors, DIMENSIONS, EMBEDDER_ID } from './vectors.ts'
import { trajectoryAt } from './corpus.ts'
import type { Results } from './stages.ts'

const QUERIES = 200

export async function measureLink(): Promise<Results['link']> {
  const vectorOf = createVectors()
  const embedder = { id: `${EMBEDDER_ID}-page`, dimensions: DIMENSIONS, embed: async (texts: readonly string[]) => texts.map(vectorOf) }
  const memory = await openMemory({ name: 'bench-link', embedder })
  await memory.add(trajectoryAt(0))
  const measured: Results['link'] = { fresh: [], known: [] }
  for (let i = 0; i < QUERIES; i++) {
    const goal = placedText('goal', placeFor(`link ${i} ${Math.random()}`), 60)
    measured.fresh.push((await timed(() => memory.retrieve({ goal }, { k: 1 }))).ms)
    measured.known.push((await timed(() => memory.retrieve({ goal }, { k: 1 }))).ms)
  }
  await memory.close()
  return measured
}
