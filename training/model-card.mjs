/** Writes docs/model-card.md from what training, export and evaluation left behind. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** @param {{ size: string, out: string, folder: string }[]} models */
export function writeModelCard(models) {
  const file = path.join(root, 'docs/model-card.md')
  const old = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const sections = ['default', 'small'].map((size) => {
    const model = models.find((candidate) => candidate.size === size)
    return model ? section(model) : sectionIn(old, size)
  })
  writeFileSync(file, `${[INTRODUCTION, ...sections, LIMITS].filter(Boolean).join('\n\n')}\n`)
}

/** What the card said of a size that was not trained this time. */
function sectionIn(text, size) {
  const start = text.indexOf(`\n${TITLES[size]}\n`)
  return start < 0 ? '' : text.slice(start + 1, text.indexOf('\n## ', start + 2)).trim()
}

const TITLES = { default: '## Default', small: '## Small' }

const INTRODUCTION = `# Model card: the embedded model

<!-- Written by \`npm run train:embedded\` after export and evaluation; the figures are those of the files in src/embedded. -->

A causal transformer that was trained from random weights, in this repository, to act on the examples in its prompt. It reads nothing but its prompt.
The worlds, words and sentences of its training come from \`training/generator/\`; nothing else was used. Shape: rotary positions on half of each head,
squared ReLU, one embedding for input and output, and three taps on the values of the words before, which make looking up a rule cheap at this size. A
prompt and its answer have at most 1,536 tokens.

The evaluation plays held-out worlds: their sets of rules, invented grammars and (where words are free) the roles of their words were never trained on. Success
within twice the right number of actions, Wilson 95 %, temperature 0.7; the memory holds one demonstration for every key and the examples are the goals that
share most words. Worlds have 8 keys, 8 × 6 options; those of 6 steps 6 keys, 5 × 4; those of 12 steps 4 keys, 4 × 4 (smaller than in learning.md, so that an
explorer's share can be seen). The explorer tries options at random, none twice. A model that knows no rule tries them in the order offered, which is drawn anew for
each episode; so the rows without examples are alike for all sizes. Memory, retriever and agent of the library are left out here:
[learning.md](learning.md) has them.`

const LIMITS = `## What it cannot do

Its sentences are those of the text world; words outside its vocabulary are read through 64 spare tokens, as names without a meaning. What it learns from
examples is to bind a key to a value and to follow a chain of such rules. It does not reason beyond that, and its figures say nothing about large models.`

function section({ size, out, folder }) {
  const entries = readFileSync(path.join(out, 'log.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { parameters, config } = entries.find((entry) => entry.parameters)
  const last = entries.findLast((entry) => entry.tokens && entry.minutes)
  const probes = new Map(entries.filter((entry) => entry.accuracy !== undefined).map((entry) => [entry.name, entry]))
  const rows = JSON.parse(readFileSync(path.join(out, 'evaluation.json'), 'utf8'))
  const bytes = statSync(path.join(root, folder, 'onnx/model_quantized.onnx')).size
  return [
    TITLES[size],
    `${parameters.toLocaleString('en')} parameters (${config.layers} layers, ${config.width} wide, ${config.heads} heads, ${config.hidden} hidden, ${config.vocabulary} words); the int8 file has ${(bytes / 1e6).toFixed(2)} MB.`,
    `Trained on ${(last.tokens / 1e6).toFixed(0)} million tokens in ${last.minutes.toFixed(0)} minutes. ${history(out)}`.trim(),
    readFileSync(path.join(out, 'agreement.txt'), 'utf8').trim(),
    evaluationTable(rows),
    `Probes at the end of training (share of words that a rule of the context decides, at temperature 0): ${[...probes.values()].map(({ name, accuracy }) => `${name} ${(100 * accuracy).toFixed(1)} %`).join(', ')}.`,
  ].join('\n\n')
}

/** What a person has to add where the weights did not come from one run of the command. */
function history(out) {
  const file = path.join(out, 'history.md')
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
}

function evaluationTable(rows) {
  const percent = (share) => (100 * share).toFixed(1)
  const lines = rows.map(
    ({ name, n, success: [share, low, high], steps, malformed, explorer }) =>
      `| ${name} | ${n} | ${percent(share)} [${percent(low)}–${percent(high)}] | ${steps.toFixed(2)} | ${percent(malformed)} | ${percent(explorer)} |`,
  )
  return ['| condition | n | success % | steps | actions without sense % | explorer % |', '|---|---|---|---|---|---|', ...lines].join('\n')
}
