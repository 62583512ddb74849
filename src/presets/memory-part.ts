/** What opens memories and lets their workers reach an embedder, as one part that is loaded on demand. */
export { serveEmbedder } from '../embedding/linked-embedder.ts'
export { connectMemory } from '../memory/memory-client.ts'
