/**
 * From an empty page to the embedded model's first answer, by the runtime that computes it: time, bytes, and then the time of a
 * decision. Every start has a browser of its own with an empty profile. Prints a table.
 *
 * usage: node bench/cold-start/run.mjs [--model FOLDER] [--repetitions 5] [--mbit 20] [--only asyncify,wasm,plain,library]
 *        --model defaults to the shipped files, which `library` always has; --mbit is the slow line's speed
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright'
import { build, defaultClientConditions } from 'vite'
import { assetUrls, ORT_CONDITION } from '../../build/assets-plugin.mjs'
import { privateZod } from '../../build/private-zod.mjs'
import { CHROMIUM_FLAGS, ensureBrowser } from '../../tools/find-browser.mjs'
import { serve } from './server.mjs'

const VARIANTS = {
  asyncify: 'transformers.js, ORT asyncify',
  wasm: 'transformers.js, ORT plain WASM',
  plain: 'plain TypeScript',
  library: 'the library as it is shipped',
}
// Decisions are timed in the starts over the fast line alone.
const DECISIONS = 15

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.join(here, '../..')
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: path.join(root, 'src/embedded/model') },
    repetitions: { type: 'string', default: '5' },
    mbit: { type: 'string', default: '20' },
    only: { type: 'string', default: Object.keys(VARIANTS).join(',') },
  },
})
const repetitions = Number(values.repetitions)
const slow = Number(values.mbit)
const asked = values.only.split(',')

const outDir = path.join(root, '.cache/bench/cold-start')
await build({
  root: here,
  configFile: false,
  logLevel: 'error',
  base: './',
  plugins: [assetUrls('source'), privateZod()],
  worker: { format: 'es', plugins: () => [privateZod()], rolldownOptions: { output: { codeSplitting: false } } },
  resolve: { conditions: [ORT_CONDITION, ...defaultClientConditions] },
  build: { outDir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: false, target: 'es2023', chunkSizeWarningLimit: 5000 },
})
const server = await serve([
  { under: '/ort/', folder: path.join(root, 'node_modules/onnxruntime-web/dist') },
  { under: '/model/', folder: path.resolve(values.model) },
  { under: '/', folder: outDir },
])
try {
  const rows = []
  for (const variant of asked) await start(variant) // compresses the files and warms the system's own caches
  for (const variant of asked) rows.push(await measure(variant))
  print(rows)
} finally {
  await server.close()
}

async function measure(variant) {
  const near = []
  const far = []
  for (let i = 0; i < repetitions; i++) {
    near.push(await start(variant, { decisions: DECISIONS }))
    far.push(await start(variant, { mbit: slow }))
  }
  const all = (pick) => median(near.flatMap(pick))
  return {
    variant,
    bytes: near[0].bytes,
    answer: String(near[0].answer),
    near: all(({ firstAnswer }) => firstAnswer),
    far: median(far.map(({ firstAnswer }) => firstAnswer)),
    cold: all(({ cold }) => cold),
    warm: all(({ warm }) => warm),
    token: all(({ token }) => token),
  }
}

/** One start in a fresh browser, with the page's figures. */
async function start(variant, { mbit = Infinity, decisions = 0 } = {}) {
  server.state.mbit = mbit
  server.take()
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: CHROMIUM_FLAGS })
  try {
    const page = await browser.newPage()
    const failed = new Promise((_, reject) => page.on('pageerror', reject))
    failed.catch(() => {})
    await page.goto(`${server.url}?variant=${variant}&repetitions=${decisions}`, { waitUntil: 'commit' })
    await Promise.race([page.waitForFunction(() => document.title === 'finished', undefined, { timeout: 120_000 }), failed])
    return { ...(await page.evaluate(() => globalThis.measured)), bytes: server.take() }
  } finally {
    await browser.close()
  }
}

function print(rows) {
  const best = (key) => Math.min(...rows.map((row) => row[key]).filter((value) => value !== undefined))
  const kB = (bytes) => `${Math.round(bytes / 1000).toLocaleString('en-US')} kB`
  const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`
  const ratio = (row, key) => (row[key] === undefined ? '–' : `${ms(row[key])} (×${(row[key] / best(key)).toFixed(1)})`)
  const table = [
    ['runtime', 'gzip', 'unpacked', 'first answer', `… at ${slow} Mbit/s`, 'decision, cold', 'decision, known', 'one token'],
    ...rows.map((row) => [
      VARIANTS[row.variant],
      kB(row.bytes.sent),
      kB(row.bytes.raw),
      ...['near', 'far', 'cold', 'warm', 'token'].map((key) => ratio(row, key)),
    ]),
  ]
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)))
  console.log(`From an empty page in a fresh browser; medians of ${repetitions} starts. A decision is an answer of 6 tokens to a prompt`)
  console.log('of 400; "known" where all but its last 16 tokens were computed before. In brackets: times the best of the column.\n')
  for (const line of table) console.log(line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '))
  const answers = new Set(rows.map(({ answer }) => answer).filter(Boolean))
  if (answers.size) console.log(answers.size === 1 ? '\nAll gave the same answer.' : `\nThe answers differ: ${[...answers].join(' | ')}`)
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
