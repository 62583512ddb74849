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
  `width ${config.width}, ${config.layers} layers, hidden ${config.hidden}; ${PROMPT} tokens read, ${ANSWER} answered; medians of ${rounds} rounds`,
)
console.log(`weights ${kB(file.length)} (int8); code with both kernels ${kB(text.length)}, ${kB(gzipSync(text).length)} gzipped\n`)
for (const kernels of ['wasm', 'js']) {
  const figures = measure(file, kernels, rounds)
  const share = (rate) => `${rate.toFixed(1)} G multiply-adds/s, ${Math.round((100 * rate) / figures.boundRate)} % of the bound`
  console.log(`${kernels}: opens in ${figures.open.toFixed(1)} ms; bound ${figures.boundRate.toFixed(1)} G multiply-adds/s`)
  console.log(`  reads   ${perSecond(figures.prefill, figures.bestPrefill)} (${share(figures.prefillRate)})`)
  console.log(`  answers ${perSecond(figures.decode, figures.bestDecode)} (${share(figures.decodeRate)})`)
}

function perSecond(median, best) {
  return `${String(Math.round(median)).padStart(6)} tokens/s, best ${String(Math.round(best)).padStart(6)}`
}

function kB(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`
}
