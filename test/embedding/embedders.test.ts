/** The embedders that run anywhere, against the contract. */
import { cachedEmbedder } from '../../src/embedding/cached-embedder.ts'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { testEmbedder } from '../../src/testing/test-embedder.ts'
import { testEmbedderContract } from '../contracts/embedder.ts'

const nothing = { close: 'It holds neither worker nor model.' }

testEmbedderContract('hashEmbedder', { create: () => hashEmbedder(), exceptions: nothing })
testEmbedderContract('cachedEmbedder', { create: () => cachedEmbedder(hashEmbedder({ dimensions: 64 })), exceptions: nothing })
testEmbedderContract('testEmbedder', {
  create: () => testEmbedder(),
  exceptions: { ...nothing, abortInTheMiddle: 'It is done before a signal could fire.' },
})
