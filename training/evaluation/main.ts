/**
 * Evaluates an exported model in plain Node, one line for each condition. Not the learning benchmark: memory, retriever and
 * agent are left out, so that it says what the weights can do.
 * usage: node evaluate.mjs MODEL.onnx VOCABULARY.json [--episodes 100] [--json FILE] [--only PART] [--show CONDITION]
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { openTransformer } from '../../src/embedded/runtime/transformer.ts'
import { createTokenizer } from '../../src/embedded/tokenizer.ts'
import { CONDITIONS } from './conditions.ts'
import { episodeOf, evaluate, type Row } from './evaluate.ts'
import type { Player } from './play.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    episodes: { type: 'string', default: '100' },
    json: { type: 'string' },
    show: { type: 'string' },
    only: { type: 'string', default: '' },
    temperature: { type: 'string' },
  },
})
const [modelFile = '', vocabularyFile = ''] = positionals
const vocabulary: string[] = JSON.parse(readFileSync(vocabularyFile, 'utf8'))
const player: Player = {
  transformer: openTransformer(new Uint8Array(readFileSync(modelFile))),
  tokenizer: createTokenizer(vocabulary),
  ...(values.temperature !== undefined && { temperature: Number(values.temperature) }),
}
const episodes = Number(values.episodes)

if (values.show === undefined) {
  const rows: Row[] = []
  for (const condition of CONDITIONS.filter(({ name }) => name.includes(values.only))) {
    rows.push(evaluate(condition, player, episodes))
    print(rows.at(-1) as Row)
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, undefined, 1)}\n`)
} else {
  const condition = CONDITIONS.find(({ name }) => name === values.show)
  for (let i = 0; condition && i < episodes; i++) console.log(episodeOf(condition, player, i).transcript, '\n')
}

function print({ name, success: [share, low, high], steps, malformed, explorer }: Row): void {
  const percent = (value: number): string => (100 * value).toFixed(1).padStart(5)
  console.log(
    `${name.padEnd(34)} ${percent(share)} [${percent(low)}–${percent(high)}]  ${steps.toFixed(2).padStart(5)} steps  malformed ${percent(malformed)}  explorer ${percent(explorer)}`,
  )
}
