/** What a retrieval does with its time, seen from outside the engine: requests to IndexedDB are timed where they are made. */

/** One retrieval as its worker saw it; milliseconds. */
export interface Call {
  total: number
  /** During how much of it requests to these tables were under way. */
  steps: number
  records: number
  other: number
  /** The rest: no request was under way. */
  computing: number
}

interface Request {
  table: string
  began: number
  ended: number
}

const READS = ['get', 'getAll', 'getKey', 'getAllKeys', 'count', 'openCursor', 'openKeyCursor'] as const

/** Retrievals must come one at a time. */
export function watchParts(): {
  timed<A extends unknown[], R>(work: (...given: A) => Promise<R>): (...given: A) => Promise<R>
  take(): Call[]
} {
  let requests: Request[] = []
  let calls: Call[] = []
  watchRequests((request) => requests.push(request))
  return {
    timed:
      (work) =>
      async (...given) => {
        requests = []
        const began = performance.now()
        const result = await work(...given)
        calls.push(callOf(requests, began, performance.now()))
        return result
      },
    take() {
      const taken = calls
      calls = []
      return taken
    },
  }
}

export function callOf(requests: readonly Request[], began: number, ended: number): Call {
  const during = (of: (table: string) => boolean): number =>
    covered(
      requests.filter(({ table }) => of(table)).map((one) => [Math.max(began, one.began), Math.min(ended, one.ended || ended)] as const),
    )
  const isStep = (table: string): boolean => table === 'observations' || table === 'reasonings' || table === 'steps'
  const isRecord = (table: string): boolean => table === 'trajectories'
  return {
    total: ended - began,
    steps: during(isStep),
    records: during(isRecord),
    other: during((table) => !isStep(table) && !isRecord(table)),
    computing: ended - began - during(() => true),
  }
}

/** Length of the union of intervals. */
export function covered(intervals: readonly (readonly [from: number, to: number])[]): number {
  let [sum, reached] = [0, -Infinity]
  for (const [from, to] of intervals.toSorted((a, b) => a[0] - b[0])) {
    sum += Math.max(0, to - Math.max(from, reached))
    reached = Math.max(reached, to)
  }
  return sum
}

function watchRequests(onRequest: (request: Request) => void): void {
  for (const prototype of [IDBObjectStore.prototype, IDBIndex.prototype])
    for (const method of READS) {
      const original = prototype[method] as (this: unknown, ...given: unknown[]) => IDBRequest
      const watched = function (this: IDBObjectStore | IDBIndex, ...given: unknown[]): IDBRequest {
        const request: Request = { table: 'objectStore' in this ? this.objectStore.name : this.name, began: performance.now(), ended: 0 }
        const asked = original.apply(this, given)
        asked.addEventListener('success', () => (request.ended = performance.now()))
        onRequest(request)
        return asked
      }
      Object.defineProperty(prototype, method, { value: watched, configurable: true, writable: true })
    }
}

/** Bytes of all WASM memories of this thread that are still reachable, which the browser's own measurement of memory leaves out. */
export function watchWasm(): () => number {
  const memories: WeakRef<WebAssembly.Memory>[] = []
  const { instantiate } = WebAssembly
  const watched = async (
    source: BufferSource | WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ): Promise<WebAssembly.WebAssemblyInstantiatedSource | WebAssembly.Instance> => {
    const made: WebAssembly.WebAssemblyInstantiatedSource | WebAssembly.Instance = await instantiate(source as BufferSource, imports)
    const { exports } = 'instance' in made ? made.instance : made
    for (const value of Object.values(exports)) if (value instanceof WebAssembly.Memory) memories.push(new WeakRef(value))
    return made
  }
  Object.defineProperty(WebAssembly, 'instantiate', { value: watched, configurable: true, writable: true })
  return () => memories.reduce((sum, memory) => sum + (memory.deref()?.buffer.byteLength ?? 0), 0)
}
