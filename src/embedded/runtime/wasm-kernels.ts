/** The kernels in WebAssembly with SIMD. Their source is tools/kernels/kernels.ts; here its bytes become a module. */
import { RepriseError } from '../../core/errors.ts'
import { KERNEL_BYTES } from './kernel-bytes.ts'
import type { Kernels, Mode } from './kernels.ts'

/**
 * Errors: `model-unavailable` where there is no WebAssembly, none with SIMD, or too little memory, or where the page's
 * policy lacks `'wasm-unsafe-eval'`; `cause` tells which.
 */
export function createWasmKernels(length: number): Kernels {
  const { memory, multiply, softmax } = instantiate(length)
  return {
    name: 'wasm',
    numbers: new Float32Array(memory.buffer, 0, length),
    multiply({ rows, inner, columns, mode, a, b, out }) {
      multiply(rows, inner, columns, MODES[mode], 4 * a.at, 4 * a.stride, 4 * b.at, 4 * b.stride, 4 * out.at, 4 * out.stride)
    },
    softmax({ rows, first, columns, at, scale }) {
      softmax(rows, first, columns, 4 * at, scale)
    },
  }
}

const MODES: Record<Mode, number> = { store: 0, add: 1, 'squared-relu': 2 }

const PAGE_BYTES = 65_536

interface Instance {
  memory: WebAssembly.Memory
  multiply(...sizes: number[]): void
  softmax(...sizes: number[]): void
}

function instantiate(length: number): Instance {
  try {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((4 * length) / PAGE_BYTES) })
    const bytes = Uint8Array.from(atob(KERNEL_BYTES), (character) => character.charCodeAt(0))
    // In one go, since it is small; nothing here may wait, so that a model is open as soon as its bytes are there.
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
    return { memory, ...(exports as unknown as Omit<Instance, 'memory'>) }
  } catch (cause) {
    const message = `The WebAssembly kernels do not run here: ${String(cause)}. Without them the model runs more slowly, in JavaScript.`
    throw new RepriseError('model-unavailable', message, { cause })
  }
}
