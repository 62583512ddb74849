/** The committed WebAssembly is what its source compiles to. */
import { expect, test } from 'vitest'
import { KERNEL_BYTES } from '../../../src/embedded/runtime/kernel-bytes.ts'
import { compileKernels } from '../../../tools/kernels/build.mjs'

test('compiling the kernels again gives the committed bytes; if not, run node tools/kernels/build.mjs', async () => {
  expect(Buffer.from(await compileKernels()).toString('base64')).toBe(KERNEL_BYTES)
})
