/**
 * A file in memory under a C library compiled to WebAssembly: whatever it opens, it writes to and reads from one array of bytes.
 * It takes the place of the file system that hnswlib-wasm brings along, which keeps the files of a whole origin in one database
 * and deletes those that another tab has written.
 */
import { joinBytes } from './join-bytes.ts'

export interface MemoryFile {
  /** Imports of the module in which file calls lead here. `memory` is asked for at each call. */
  wrap(imports: Imports, memory: () => WebAssembly.Memory): Imports
  /** What is read from now on; not copied. */
  give(bytes: Uint8Array): void
  /** What was written since the file was last opened for writing; the file holds nothing afterwards. */
  take(): Uint8Array<ArrayBuffer>
}

export type Imports = Record<string, Record<string, (...args: number[]) => number>>

/** Not one of the three streams that are always open. */
const DESCRIPTOR = 77
/** It writes 4 kB at a time: an array for each would cost more than its bytes. */
const BLOCK = 2 ** 20
const WRITE_ONLY = 1
/** Of WASI and Linux. */
const NOT_A_TERMINAL = -25
const FROM_START = 0
const FROM_HERE = 1

/** Empty. */
export function createMemoryFile(): MemoryFile {
  let written: Uint8Array[] = []
  /** Bytes of the last block that are not used yet. */
  let rest = new Uint8Array(0)
  let content: Uint8Array = new Uint8Array(0)
  let position = 0

  const write = (bytes: Uint8Array): number => {
    if (rest.length < bytes.length) rest = new Uint8Array(Math.max(BLOCK, bytes.length))
    rest.set(bytes)
    written.push(rest.subarray(0, bytes.length))
    rest = rest.subarray(bytes.length)
    return bytes.length
  }
  const read = (into: Uint8Array): number => {
    const part = content.subarray(position, position + into.length)
    into.set(part)
    position += part.length
    return part.length
  }
  /** Does something with each of the areas of memory that a call names, until one is not used up; writes the sum where it is wanted. */
  const transfer = (
    memory: WebAssembly.Memory,
    work: (area: Uint8Array) => number,
    [, areas = 0, count = 0, result = 0]: number[],
  ): number => {
    const view = new DataView(memory.buffer)
    let sum = 0
    for (let i = 0; i < count; i++) {
      const length = view.getUint32(areas + 8 * i + 4, true)
      const done = work(new Uint8Array(memory.buffer, view.getUint32(areas + 8 * i, true), length))
      sum += done
      if (done < length) break
    }
    view.setUint32(result, sum, true)
    return 0
  }
  const seek = (memory: WebAssembly.Memory, [, low = 0, , whence = 0, result = 0]: number[]): number => {
    position = whence === FROM_START ? low >>> 0 : (whence === FROM_HERE ? position : content.length) + (low | 0)
    new DataView(memory.buffer).setBigUint64(result, BigInt(position), true)
    return 0
  }
  const open = (flags = 0): number => {
    position = 0
    if (flags & WRITE_ONLY) written = []
    return DESCRIPTOR
  }

  return {
    wrap({ env = {} }, memory) {
      const onlyOurs =
        (name: string, call: (args: number[]) => number) =>
        (...args: number[]): number =>
          args[0] === DESCRIPTOR ? call(args) : (env[name]?.(...args) ?? -1)
      const wrapped = {
        ...env,
        __syscall_openat: (...args: number[]) => open(args[2]),
        __syscall_ioctl: onlyOurs('__syscall_ioctl', () => NOT_A_TERMINAL),
        fd_write: onlyOurs('fd_write', (args) => transfer(memory(), write, args)),
        fd_read: onlyOurs('fd_read', (args) => transfer(memory(), read, args)),
        fd_seek: onlyOurs('fd_seek', (args) => seek(memory(), args)),
        fd_close: onlyOurs('fd_close', () => 0),
        // The two calls by which the library would mount and synchronise its database.
        emscripten_asm_const_int: () => 0,
        syncIdb_js: () => 0,
      }
      return { env: wrapped, wasi_snapshot_preview1: wrapped }
    },
    give(bytes) {
      content = bytes
    },
    take() {
      const bytes = joinBytes(written)
      written = []
      rest = new Uint8Array(0)
      return bytes
    },
  }
}
