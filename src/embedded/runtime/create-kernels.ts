/** Chooses the kernels: WebAssembly where it runs, which only trying tells, since a page's policy may forbid it. */
import { createJsKernels } from './js-kernels.ts'
import type { KernelName, Kernels } from './kernels.ts'
import { createWasmKernels } from './wasm-kernels.ts'

/**
 * Kernels over `length` numbers, all 0. Without a `name` the fastest that works here.
 * Errors: `model-unavailable` where the kernels asked for do not run here, or there is no memory for them.
 */
export function createKernels(length: number, name?: KernelName): Kernels {
  if (name === 'js') return createJsKernels(length)
  if (name === 'wasm') return createWasmKernels(length)
  try {
    return createWasmKernels(length)
  } catch {
    return createJsKernels(length)
  }
}
