/** The kernels in WebAssembly with SIMD. */
import { RepriseError } from '../../core/errors.ts'
import type { Kernels } from './kernels.ts'

export function createWasmKernels(_length: number): Kernels {
  throw new RepriseError('model-unavailable', 'There are no WebAssembly kernels yet.')
}
