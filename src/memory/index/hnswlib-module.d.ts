/** The module of hnswlib-wasm without its loader, which would mount a file system shared by the whole origin. */
declare module 'hnswlib-wasm/lib/hnswlib.mjs' {
  type Imports = Record<string, Record<string, (...args: number[]) => number>>
  interface Settings {
    /** Makes the instance in place of the module itself. */
    instantiateWasm?(imports: Imports, receive: (instance: WebAssembly.Instance) => void): object
    print?(line: string): void
    printErr?(line: string): void
  }
  const load: (settings?: Settings) => Promise<
    Pick<import('./hnsw-library.ts').HnswLibrary, 'HierarchicalNSW'> & {
      EmscriptenFileSystemManager: { initializeFileSystem(type: 'IDBFS'): void }
    }
  >
  export default load
}
