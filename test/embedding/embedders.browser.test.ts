/** The embedders that run in workers, against the contract. */
import { afterEach } from 'vitest'
import type { Embedder } from '../../src/core/embedder.ts'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { linkedEmbedder, serveEmbedder } from '../../src/embedding/linked-embedder.ts'
import { testEmbedderContract } from '../contracts/embedder.ts'
import { tiny } from './tiny-model.ts'

const sources: Embedder[] = []
const source = (embedder: Embedder): Embedder => {
  sources.push(embedder)
  return embedder
}
afterEach(() => {
  for (const embedder of sources.splice(0)) embedder.close?.()
})

function linkTo({ id, dimensions, link }: Embedder): Embedder {
  if (!link) throw new Error('the embedder has no link')
  return linkedEmbedder({ id, dimensions, link: link() })
}

/** As the memory reaches an embedder that the host brings. */
function linkToServed(embedder: Embedder): Embedder {
  const { port1, port2 } = new MessageChannel()
  serveEmbedder(embedder, port1)
  return linkedEmbedder({ id: embedder.id, dimensions: embedder.dimensions, link: { kind: 'port', port: port2 } })
}

testEmbedderContract('transformersEmbedder', { create: () => tiny() })
testEmbedderContract('a link to it', { create: () => linkTo(source(tiny())) })
testEmbedderContract("a link to a host's own embedder", { create: () => linkToServed(source(hashEmbedder())) })
