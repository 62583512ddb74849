/**
 * `npm run bench:memory`: how long a memory takes to answer, to store and to open, and what it takes up, at 100, 1,000 and 10,000
 * trajectories; in a Chromium with a profile on disk, beside hnswlib-wasm, mememo and a scan of everything.
 *
 * usage: npm run bench:memory [-- --quick] [-- --sizes 100,1000] [-- --write-docs]
 *        --quick leaves out the 10,000; --write-docs puts the tables into docs/measured.md
 */
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runnerImport } from 'vite'
import { launchWithProfile, runTab, servePage } from '../support.mjs'
import { writeTables } from '../write-tables.mjs'

/** Openings in a browser that was just started, for each size. */
const STARTS = 5
// Measures memory at once, after a collection, where it would wait for one. And the collection can be relied on.
const FLAGS = ['--enable-blink-features=ForceEagerMeasureMemory']

const began = Date.now()
const root = fileURLToPath(new URL('../..', import.meta.url))
const out = path.join(root, '.cache/bench/memory')
const profile = path.join(out, 'profile')
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, sizes: { type: 'string' }, 'write-docs': { type: 'boolean', default: false } },
})
const sizes = (values.sizes ?? (values.quick ? '100,1000' : '100,1000,10000')).split(',').map(Number)

rmSync(profile, { recursive: true, force: true })
const served = await servePage('memory', { outDir: path.join(out, 'page') })
try {
  const run = { sizes: [], link: (await inOneBrowser([['link', 0]]))[0] }
  for (const size of sizes) {
    run.sizes.push(await measure(size))
    writeFileSync(path.join(out, 'results.json'), JSON.stringify(run)) // should a later size break off
  }
  await report(run)
} finally {
  await served.close()
  rmSync(profile, { recursive: true, force: true })
}

async function measure(size) {
  const [fill] = await inOneBrowser([['fill', size]])
  const fresh = []
  for (let i = 0; i < STARTS; i++) fresh.push(...(await inOneBrowser([['open', size]])))
  const stages = ['retrieve', 'ram', 'peers', 'training']
  const measured = await inOneBrowser(stages.map((stage) => [stage, size]))
  return { size, fill, fresh, ...Object.fromEntries(stages.map((stage, i) => [stage, measured[i]])) }
}

/** Each stage in a page of its own, one after another. */
async function inOneBrowser(stages) {
  const browser = await launchWithProfile(profile, FLAGS)
  try {
    const results = []
    for (const [stage, size] of stages) {
      const started = Date.now()
      const page = await runTab(browser, served.urlWith({ stage, size }), {
        functions: { benchResult: (result) => void results.push(result) },
        print: (message) => message.type() === 'error' && console.error(message.text()),
      })
      await page.close()
      console.log(`${seconds(began)} ${stage}${size ? ` ${size}` : ''}: ${seconds(started)}`)
    }
    return results
  } finally {
    await browser.close()
  }
}

async function report(run) {
  const { module } = await runnerImport(path.join(root, 'bench/memory/report.ts'), { configFile: false, logLevel: 'error' })
  const tables = module.tablesOf(run)
  const text = Object.entries(tables).map(([name, table]) => `## ${name}\n\n${table}\n`)
  writeFileSync(path.join(out, 'tables.md'), text.join('\n'))
  console.log(`\n${text.join('\n')}\n${seconds(began)} ${path.join(out, 'tables.md')}`)
  if (!values['write-docs']) return
  writeTables(
    path.join(root, 'docs/measured.md'),
    Object.fromEntries(Object.entries(tables).map(([name, table]) => [`memory-${name}`, table])),
  )
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`
}
