import { createHnswIndex, loadHnswLibrary } from '../../../src/memory/index/hnsw-index.ts'
import { vectorIndexContract } from '../../contracts/vector-index.ts'

vectorIndexContract('the graph', {
  create: async (dimensions) => createHnswIndex(await loadHnswLibrary(), dimensions),
  recall: 0.99,
})
