/**
 * Compiles kernels.ts into src/embedded/runtime/kernel-bytes.ts. The compiler's version is fixed in package.json, and a test
 * compares what it makes with the committed bytes.
 *
 * usage: node tools/kernels/build.mjs
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const OUTPUT = new URL('../../src/embedded/runtime/kernel-bytes.ts', import.meta.url)

// No runtime, no checks, no memory of its own: the module is what it exports.
const OPTIONS = ['--runtime', 'stub', '--noAssert', '--importMemory', '--noExportMemory', '--initialMemory', '0', '--enable', 'simd']
const OPTIMIZE = ['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge']

/**
 * The compiled module.
 * @returns {Promise<Uint8Array>}
 */
export async function compileKernels() {
  const source = readFileSync(new URL('kernels.ts', import.meta.url), 'utf8')
  let binary
  const { error, stderr } = await asc.main(['kernels.ts', '--outFile', 'kernels.wasm', ...OPTIONS, ...OPTIMIZE], {
    readFile: (name) => (name === 'kernels.ts' ? source : null),
    writeFile: (name, content) => {
      if (name.endsWith('.wasm')) binary = content
    },
    listFiles: () => [],
  })
  if (error) throw new Error(`The kernels do not compile: ${error.message}\n${stderr.toString()}`)
  return binary
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const binary = await compileKernels()
  writeFileSync(
    OUTPUT,
    `/** Made by tools/kernels/build.mjs from tools/kernels/kernels.ts: a WebAssembly module of ${binary.length} bytes, as base64. */\n` +
      `export const KERNEL_BYTES: string =\n  '${Buffer.from(binary).toString('base64')}'\n`,
  )
  console.log(`kernel-bytes.ts: ${binary.length} bytes of WebAssembly`)
}
