/**
 * Times of the embedded model's own runtime in Node, on one thread, with both kernels: opening, reading a prompt, answering.
 * Beside them the rate of multiply-adds, and the bound that the same product reaches in the nearest cache in the same run.
 *
 * usage: node bench/runtime/run.mjs [rounds = 15]
 */
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))
const outDir = path.join(root, '.cache/bench/runtime')
const bundle = (entry, options) =>
  build({
    configFile: false,
    logLevel: 'error',
    build: { outDir, emptyOutDir: false, target: 'es2023', lib: { entry: path.join(root, entry), formats: ['es'] }, ...options },
  })

await bundle('bench/runtime/measure.ts', {
  lib: { entry: path.join(root, 'bench/runtime/measure.ts'), formats: ['es'], fileName: 'measure' },
})
const { ANSWER, config, makeFile, measure, PROMPT } = await import(pathToFileURL(path.join(outDir, 'measure.js')))
const rounds = Number(process.argv[2] ?? 15)
const file = makeFile()
const code = await bundle('src/embedded/runtime/transformer.ts', { write: false, minify: true })
const text = [code].flat()[0].output[0].code

console.log(
  `width ${config.width}, ${config.layers} layers, hidden ${config.hidden}; ${PROMPT} tokens read, ${ANSWER} answered; medians of ${rounds}`,
)
console.log(`weights ${kB(file.length)} (int8); code with both kernels ${kB(text.length)}, ${kB(gzipSync(text).length)} gzipped\n`)
console.log('kernels   open ms   prefill tokens/s   decode tokens/s   prefill, decode and bound in G multiply-adds/s')
for (const kernels of ['wasm', 'js']) {
  const { open, prefill, decode, prefillRate, decodeRate, boundRate } = measure(file, kernels, rounds)
  const rates = [prefillRate, decodeRate, boundRate].map((rate) => rate.toFixed(1)).join(', ')
  const share = `prefill ${Math.round((100 * prefillRate) / boundRate)} % and decode ${Math.round((100 * decodeRate) / boundRate)} % of the bound`
  console.log(
    `${kernels.padEnd(9)} ${open.toFixed(1).padStart(7)} ${String(Math.round(prefill)).padStart(18)} ${String(Math.round(decode)).padStart(17)}   ${rates}: ${share}`,
  )
}

function kB(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`
}
