/**
 * The generator's process: training sequences without end on standard output, or files for the trainer.
 * usage: node generate.mjs --seed 1 [--skip N]      an endless stream
 *        node generate.mjs --files DIR              vocabulary.json, prompts.json and one file for each probe
 *        node generate.mjs --probes                 the probes' names
 *        node generate.mjs --vectors FILE           test vectors
 *        node generate.mjs --show N [--seed 1]      N sequences as text
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom, deriveSeed } from '../../src/embedded/random.ts'
import { createTokenizer } from '../../src/embedded/tokenizer.ts'
import { encodeSequence, toBytes } from './encode.ts'
import { PROBES } from './probes.ts'
import { referencePrompts } from './references.ts'
import { drawSequence, type Piece } from './sequence.ts'
import { drawTraining } from './training.ts'
import { makeVectors } from './vectors.ts'
import { vocabulary } from './vocabulary.ts'

const PROBE_SEQUENCES = 200
const REFERENCES = 80

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    skip: { type: 'string', default: '0' },
    files: { type: 'string' },
    probes: { type: 'boolean' },
    vectors: { type: 'string' },
    show: { type: 'string' },
  },
})
const seed = Number(values.seed)
const tokenizer = createTokenizer(vocabulary())

if (values.files !== undefined) writeFiles(values.files)
else if (values.probes) console.log(Object.keys(PROBES).join('\n'))
else if (values.vectors !== undefined) writeFileSync(values.vectors, `${JSON.stringify(await makeVectors(tokenizer))}\n`)
else if (values.show !== undefined) for (let i = 0; i < Number(values.show); i++) show(drawTraining(seed, i))
else await stream()

async function stream(): Promise<void> {
  process.stdout.on('error', () => process.exit(0)) // the reader is gone
  for (let i = Number(values.skip); ; i++) {
    if (!process.stdout.write(toBytes(encodeSequence(drawTraining(seed, i), tokenizer)))) await once(process.stdout, 'drain')
  }
}

function writeFiles(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'vocabulary.json'), JSON.stringify(vocabulary()))
  writeFileSync(path.join(folder, 'prompts.json'), JSON.stringify(referencePrompts(REFERENCES, tokenizer)))
  for (const [name, { scenario, probe }] of Object.entries(PROBES)) {
    const sequences = Array.from({ length: PROBE_SEQUENCES }, (_, i) => {
      const pieces = drawSequence(scenario, createRandom(deriveSeed('probe', name, i)))
      return toBytes(encodeSequence(pieces, tokenizer, probe))
    })
    writeFileSync(path.join(folder, `probe-${name}.bin`), Buffer.concat(sequences))
  }
}

function show(pieces: readonly Piece[]): void {
  console.log(
    pieces
      .map(({ text, weight }) => (weight > 0 ? `[${text}]${weight}` : text))
      .join(' ')
      .replaceAll(/(goal:|see:)/g, '\n$1'),
    '\n',
  )
}
