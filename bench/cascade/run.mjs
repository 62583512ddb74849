/** `npm run bench:cascade`: what a cascade of the two embedded models costs and gains. See docs/cascade.md. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runnerImport } from 'vite'
import { runPages } from '../support.mjs'
import { writeTables } from '../write-tables.mjs'

const USAGE = `usage: npm run bench:cascade [-- OPTIONS]

  --quick           20 worlds instead of 200
  --n N             worlds, one goal in each
  --setups NAME,…   standard, any-noun, invented, wording, steps-6 (default: standard,any-noun,invented)
  --pages N         pages at a time (default 1); times are honest while every page has a core of its own
  --out DIR         folder of episodes.jsonl and tables.md (default .cache/cascade, or .cache/cascade-quick)
  --report          run nothing: tables of the episodes that are there
  --write-docs      put the tables into docs/cascade.md`

const root = fileURLToPath(new URL('../..', import.meta.url))
const load = async (file) => (await runnerImport(path.join(root, file), { configFile: false, logLevel: 'error' })).module
const { SETUPS } = await load('bench/cascade/setups.ts')
const { tablesOf } = await load('bench/cascade/tables.ts')

try {
  await main(readOptions())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

function readOptions() {
  const texts = Object.fromEntries(['n', 'setups', 'pages', 'out'].map((name) => [name, { type: 'string' }]))
  const flags = Object.fromEntries(['quick', 'report', 'write-docs', 'help'].map((name) => [name, { type: 'boolean' }]))
  const { values } = parseArgs({ options: { ...texts, ...flags } })
  const setups = values.setups?.split(',') ?? ['standard', 'any-noun', 'invented']
  const unknown = setups.find((name) => !SETUPS.includes(name))
  if (unknown !== undefined) throw new Error(`There are no worlds “${unknown}”, only ${SETUPS.join(', ')}.`)
  return {
    ...values,
    setups,
    n: whole('n', values.n) ?? (values.quick ? 20 : 200),
    pages: whole('pages', values.pages) ?? 1,
    out: values.out ?? (values.quick ? '.cache/cascade-quick' : '.cache/cascade'),
  }
}

async function main(options) {
  if (options.help) return console.log(USAGE)
  mkdirSync(options.out, { recursive: true })
  const file = path.join(options.out, 'episodes.jsonl')
  if (!options.report) await run(file, options)
  const kept = readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
  const tables = tablesOf(kept)
  const text = Object.entries(tables).map(([name, table]) => `## ${name}\n\n${table}\n`)
  writeFileSync(path.join(options.out, 'tables.md'), text.join('\n'))
  console.log(text.join('\n'))
  if (options['write-docs']) writeTables(path.join(root, 'docs/cascade.md'), tables)
}

async function run(file, { setups, n, pages, out }) {
  if (existsSync(file)) renameSync(file, `${file}.before`)
  writeFileSync(file, '')
  const functions = {
    benchKeep: (kept) => appendFileSync(file, `${JSON.stringify(kept)}\n`),
    benchSay: (line) => console.log(line),
  }
  await runPages('cascade', {
    outDir: path.resolve(out, 'page'),
    print: (message) => message.type() === 'error' && console.error(message.text()),
    pages: Array.from({ length: pages }, (_, lane) => ({ ...functions, benchConfig: () => ({ setups, n, lane, lanes: pages }) })),
  })
}

function whole(name, text) {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number above 0.`)
  return value
}
