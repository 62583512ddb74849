/** hnswlib in WASM, loaded so that the bytes of its graphs pass through memory and not through a database. */
import { createMemoryFile, type MemoryFile } from './memory-file.ts'

/** One instance of hnswlib-wasm, with a heap of its own, and the part of it that is used here. */
export interface HnswLibrary {
  HierarchicalNSW: new (space: 'ip', dimensions: number, autoSaveFilename: string) => HnswGraph
  /** Where its graphs are written to and read from. Without one they cannot be. */
  file?: Pick<MemoryFile, 'give' | 'take'>
  /** Makes the heap large enough for so many bytes at once: left to itself it grows by a fifth whenever a little is missing. */
  reserve?(bytes: number): void
}

export interface HnswGraph {
  initIndex(maxElements: number, m: number, efConstruction: number, randomSeed: number): void
  resizeIndex(maxElements: number): void
  addPoint(point: Float32Array, label: number, replaceDeleted: boolean): void
  markDelete(label: number): void
  setEfSearch(ef: number): void
  searchKnn(query: Float32Array, n: number, filter: ((label: number) => boolean) | undefined): { distances: number[]; neighbors: number[] }
  writeIndex(filename: string): void
  readIndex(filename: string, maxElements: number): void
  /** Of embind: frees the memory on the WASM heap. */
  delete(): void
}

let compiled: Promise<WebAssembly.Module> | undefined

/**
 * A new instance. It is compiled for browsers and their workers, and makes functions from text, so it rejects where the page's
 * policy forbids that (`script-src` without `'unsafe-eval'`).
 */
export async function loadHnswLibrary(): Promise<HnswLibrary> {
  // Asked first: the library is large, and logs what it cannot do.
  // eslint-disable-next-line typescript/no-implied-eval
  new Function('')
  const { default: load } = await import('hnswlib-wasm/lib/hnswlib.mjs')
  const module = await (compiled ??= compile(load).catch((error: unknown) => {
    compiled = undefined
    throw error
  }))
  const file = createMemoryFile()
  let heap: HeapExports
  const library = await new Promise<Awaited<ReturnType<typeof load>>>((resolve, reject) => {
    load({
      print: () => {},
      printErr: () => {},
      instantiateWasm(imports, receive) {
        WebAssembly.instantiate(
          module,
          file.wrap(imports, () => heap.memory),
        ).then((instance) => {
          heap = instance.exports as unknown as HeapExports
          receive(instance)
        }, reject)
        return {}
      },
    }).then(resolve, reject)
  })
  // Without this it refuses to write; what it would call is replaced above.
  library.EmscriptenFileSystemManager.initializeFileSystem('IDBFS')
  const reserve = (bytes: number): void => heap.free(heap.malloc(bytes))
  return { HierarchicalNSW: library.HierarchicalNSW, file, reserve }
}

interface HeapExports {
  memory: WebAssembly.Memory
  /** 0 where there is no room, which `free` ignores. */
  malloc(bytes: number): number
  free(address: number): void
}

/** Its own loader holds the WebAssembly as text, and would instantiate it with its own file system. */
async function compile(load: (...args: never[]) => unknown): Promise<WebAssembly.Module> {
  const text = /data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)/.exec(Function.prototype.toString.call(load))?.[1]
  if (!text) throw new Error('the WebAssembly of hnswlib-wasm is not where it was')
  return WebAssembly.compile(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)))
}
