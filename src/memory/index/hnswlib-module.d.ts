/** The module of hnswlib-wasm without its loader, which would mount a file system shared by the whole origin. */
declare module 'hnswlib-wasm/lib/hnswlib.mjs' {
  const load: () => Promise<import('./hnsw-index.ts').HnswLibrary>
  export default load
}
