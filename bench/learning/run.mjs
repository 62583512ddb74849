/** `npm run bench:learning`: does an agent with a memory learn, how fast, and what disturbs it? See docs/learning.md; --help says the options. */
import { appendFileSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { makeBert } from '../../tools/make-bert.mjs'
import { runPages } from '../support.mjs'
import { writeTables } from '../write-tables.mjs'
import { readOptions, USAGE } from './options.mjs'

const began = Date.now()
const root = fileURLToPath(new URL('../..', import.meta.url))
const SMALL = path.join(root, 'src/embedded/model-small/onnx/model_quantized.onnx')

const load = async (name) => (await runnerImport(path.join(root, 'bench/learning', name), { configFile: false, logLevel: 'error' })).module
const [{ chooseRows }, { HEADER, toLine, parseEpisodes, finishedUnits, unitOf }, { tablesOf }, { curveChart }] = await Promise.all(
  ['rows.ts', 'episode-rows.ts', 'report.ts', 'chart.ts'].map(load),
)

try {
  await main(readOptions(process.argv.slice(2)))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function main(settings) {
  if (settings.help) return console.log(USAGE)
  const rows = chooseRows(settings.rows)
  const weights = weightsOf(settings)
  const key = keyOf(settings)
  mkdirSync(settings.out, { recursive: true })
  const file = path.join(settings.out, 'episodes.csv')
  const kept = startFile(file, settings.resume)
  const finished = finishedUnits(kept)
  if (kept.length > 0) console.log(`going on after ${kept.length} episodes in ${finished.size} finished units`)

  const spent = { inputTokens: 0, outputTokens: 0 }
  const functions = {
    benchEpisode: (episode) => appendFileSync(file, `${toLine(episode)}\n`),
    benchSay: (line) => console.log(`${clock()} ${line}`),
    benchSpend: ({ inputTokens, outputTokens }) => {
      spent.inputTokens += inputTokens
      spent.outputTokens += outputTokens
      return withinCap(spent, settings.cap)
    },
    benchKey: () => key,
  }
  const config = (lane) => ({
    model: settings.remote
      ? { kind: 'remote', spec: settings.model, baseURL: settings.baseURL }
      : { kind: 'embedded', ...(weights && { weights: 'given.onnx' }) },
    rows: rows.map(({ name }) => name),
    quick: settings.quick,
    n: settings.n,
    goals: settings.goals,
    lane,
    lanes: settings.pages,
    finished: [...finished],
    ...(settings.minutes && { deadline: began + settings.minutes * 60_000 }),
    embedder: embedderOf(settings),
  })
  const makeFiles = (folder) => {
    if (weights) copyFileSync(weights, path.join(folder, 'given.onnx'))
    if (rows.some(({ embedder }) => embedder === 'transformers')) makeEmbedder(settings, folder)
  }
  try {
    await runPages('learning', {
      outDir: path.resolve(settings.out, 'page'),
      files: makeFiles,
      print: (message) => message.type() === 'error' && console.error(message.text()),
      pages: Array.from({ length: settings.pages }, (_, lane) => ({ ...functions, benchConfig: () => config(lane) })),
    })
  } finally {
    report(file, settings, spent)
  }
}

/** A fresh file, or the one that is there without the units that were broken off. */
function startFile(file, resume) {
  const there = existsSync(file)
  if (there && !resume) renameSync(file, `${file}.before`)
  const episodes = there && resume ? parseEpisodes(readFileSync(file, 'utf8')) : []
  const finished = finishedUnits(episodes)
  const kept = episodes.filter((episode) => finished.has(unitOf(episode)))
  writeFileSync(file, [HEADER, ...kept.map(toLine), ''].join('\n'))
  return kept
}

function report(file, settings, spent) {
  const episodes = parseEpisodes(readFileSync(file, 'utf8'))
  const models = [...new Set(episodes.map(({ model }) => model))].join(', ')
  const day = new Date().toISOString().slice(0, 10)
  const note = `Model ${models}, ${episodes.length} episodes, ${settings.quick ? 'quick run' : 'full run'} that ended on ${day}.`
  const tables = tablesOf(episodes)
  const text = Object.entries(tables).map(([name, table]) => `## ${name}\n\n${table}\n`)
  writeFileSync(path.join(settings.out, 'tables.md'), [note, '', ...text].join('\n'))
  const chart = curveChart(episodes)
  if (chart) writeFileSync(path.join(settings.out, 'learning-curve.svg'), chart)
  console.log(`\n${note}\n\n${text.join('\n')}`)
  if (settings.remote)
    console.log(
      `used: ${spent.inputTokens} tokens in, ${spent.outputTokens} out, ${costOf(spent, settings.cap).toFixed(4)} USD at the price given`,
    )
  console.log(`${clock()} ${file}`)
  if (settings.writeDocs) writeDocs({ ...tables, run: note }, chart)
}

function writeDocs(tables, chart) {
  writeTables(path.join(root, 'docs/learning.md'), tables)
  if (chart) writeFileSync(path.join(root, 'docs/learning-curve.svg'), chart)
}

function weightsOf({ model, weights }) {
  const file = weights ?? (model === 'embedded-small' ? SMALL : undefined)
  if (file !== undefined && !existsSync(file)) throw new Error(`There are no weights at ${file}. Give --weights FILE.`)
  return file
}

function keyOf({ remote, keyName, baseURL }) {
  if (!remote) return ''
  const key = process.env[keyName]
  if (key) return key
  if (baseURL === undefined) throw new Error(`The environment variable ${keyName} holds no key.`)
  return 'none' // a server of one's own asks for no key
}

function embedderOf({ embedder, dimensions }) {
  const size = dimensions === undefined ? {} : { dimensions }
  if (embedder === undefined) return { model: 'bench/minilm', localPath: 'weights/', dimensions: 384 }
  return existsSync(embedder) ? { model: 'bench/given', localPath: 'weights/', dimensions: 384, ...size } : { model: embedder, ...size }
}

function makeEmbedder({ embedder }, folder) {
  if (embedder === undefined) makeBert(path.join(folder, 'weights/bench/minilm'), { q8: true })
  else if (existsSync(embedder)) cpSync(embedder, path.join(folder, 'weights/bench/given'), { recursive: true })
}

function withinCap(spent, cap) {
  return !cap || (costOf(spent, cap) < cap.dollars && spent.inputTokens + spent.outputTokens < cap.tokens)
}

function costOf({ inputTokens, outputTokens }, { price: [forInput, forOutput] }) {
  return (inputTokens * forInput + outputTokens * forOutput) / 1e6
}

function clock() {
  const seconds = Math.round((Date.now() - began) / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
