/**
 * `npm run train:embedded`: the embedded model from nothing: data, training, export, parity of all runtimes, evaluation,
 * model card. Needs Debian's python3-torch, python3-onnx and libopenblas0-pthread (installed where this runs as root), a C
 * compiler for the fast attention (without one it is slower), and a browser for the parity check. A GPU is used where torch
 * has one.
 *
 * usage: npm run train:embedded [-- options]
 *   --minutes 110         of training, all sizes together
 *   --sizes small,default which to train, in this order
 *   --seed 1
 *   --resume              goes on from the checkpoints in training/.cache
 *   --export-only         takes the checkpoints as they are
 *   --no-install          leaves src/embedded and docs/model-card.md alone, and the parity check out
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bundle } from './bundle.mjs'
import { findPython, installPython, PACKAGES } from './find-python.mjs'
import { writeModelCard } from './model-card.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = path.join(root, 'training/.cache')
const data = path.join(cache, 'data')

/** Of the minutes, and the shape. Folders are those of the shipped files. */
const SIZES = {
  default: { share: 0.8, folder: 'src/embedded/model', config: { width: 128, layers: 4, heads: 4, hidden: 512 } },
  small: { share: 0.2, folder: 'src/embedded/model-small', config: { width: 96, layers: 3, heads: 3, hidden: 288 } },
}

// glibc gives large blocks back to the system at once; asking for them again at every step costs up to half of the time.
const KEEP_MEMORY = { MALLOC_MMAP_THRESHOLD_: '4000000000', MALLOC_TRIM_THRESHOLD_: '8000000000', MALLOC_TOP_PAD_: '200000000' }

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '110' },
    sizes: { type: 'string', default: 'small,default' },
    seed: { type: 'string', default: '1' },
    resume: { type: 'boolean', default: false },
    'export-only': { type: 'boolean', default: false },
    'no-install': { type: 'boolean', default: false },
  },
})
const sizes = values.sizes.split(',')
for (const size of sizes) if (!SIZES[size]) stop(`there is no size “${size}”; there are ${Object.keys(SIZES).join(' and ')}`)

const python =
  findPython() ?? installPython() ?? stop(`no python3 can import torch and onnx. On Debian: apt-get install ${PACKAGES.join(' ')}`)
const generator = await bundle('generate')
const evaluator = await bundle('evaluate')
run('node', [generator, '--files', data])
run(python, ['training/check_vectors.py', '--generator', generator, '--vocabulary', path.join(data, 'vocabulary.json')])
const vocabulary = JSON.parse(readFileSync(path.join(data, 'vocabulary.json'), 'utf8'))

for (const size of sizes) {
  const out = path.join(cache, size)
  mkdirSync(out, { recursive: true })
  if (!values['export-only']) train(size, out)
  exportModel(size, out)
}
if (!values['no-install']) {
  for (const size of sizes) install(size)
  step('parity: numpy, the library and transformers.js in Chromium')
  run('npx', ['vitest', 'run', '--project', 'node', '--project', 'chromium', 'test/embedded/parity'])
  writeModelCard(sizes.map((size) => ({ size, out: path.join(cache, size), folder: SIZES[size].folder })))
  step('written: src/embedded and docs/model-card.md')
} else
  step(
    `done; files in ${sizes.map((size) => path.relative(root, path.join(cache, size, 'model'))).join(', ')}; nothing was installed, parity was not checked`,
  )

function train(size, out) {
  const { share, config } = SIZES[size]
  const total = sizes.reduce((sum, name) => sum + SIZES[name].share, 0)
  const minutes = (Number(values.minutes) * share) / total
  step(`training the ${size} model for ${minutes.toFixed(1)} minutes`)
  const probes = readProbes().flatMap(([name, file]) => ['--probe', `${name}=${file}`])
  const resume = values.resume && existsSync(path.join(out, 'checkpoint.pt')) ? ['--resume'] : []
  const shape = JSON.stringify({ vocabulary: vocabulary.length, ...config })
  const what = ['--config', shape, '--data', `node ${generator}`, '--out', out, '--seed', values.seed]
  const how = ['--minutes', `${minutes}`, '--tokens', '3000', '--probe-minutes', '6']
  run(python, ['training/train.py', ...what, ...how, ...probes, ...resume])
}

function exportModel(size, out) {
  step(`export and evaluation of the ${size} model: 200 episodes for each row, some minutes`)
  const words = path.join(data, 'vocabulary.json')
  run(python, [
    'training/export.py',
    '--checkpoint',
    path.join(out, 'checkpoint.pt'),
    '--vocabulary',
    words,
    '--out',
    path.join(out, 'model'),
  ])
  const references = path.join(out, 'model/references.json')
  const agreement = run(
    python,
    ['training/reference.py', '--model', path.join(out, 'model'), '--prompts', path.join(data, 'prompts.json'), '--out', references],
    'pipe',
  )
  console.log(agreement)
  writeFileSync(path.join(out, 'agreement.txt'), agreement)
  const weights = path.join(out, 'model/onnx/model_quantized.onnx')
  run('node', [evaluator, weights, words, '--episodes', '200', '--json', path.join(out, 'evaluation.json')])
}

/** All but the float32 file, which is three times as large and of no use to a browser. */
function install(size) {
  const to = path.join(root, SIZES[size].folder)
  rmSync(to, { recursive: true, force: true })
  cpSync(path.join(cache, size, 'model'), to, { recursive: true, filter: (file) => !file.endsWith('onnx/model.onnx') })
}

function readProbes() {
  const names = execFileSync('node', [generator, '--probes'], { encoding: 'utf8' }).trim().split('\n')
  return names.map((name) => [name, path.join(data, `probe-${name}.bin`)])
}

function run(command, args, stdout = 'inherit') {
  const options = { cwd: root, stdio: ['ignore', stdout, 'inherit'], encoding: 'utf8', env: { ...process.env, ...KEEP_MEMORY } }
  const { status, error, stdout: text } = spawnSync(command, args, options)
  if (status !== 0) stop(`${[command, ...args].join(' ').slice(0, 200)} ended with ${error?.message ?? status}`)
  return text
}

function step(what) {
  console.log(`\n— ${what}`)
}

function stop(why) {
  console.error(`train:embedded: ${why}`)
  process.exit(1)
}
