/**
 * Evaluates an exported model in plain Node, one line for each condition. Not the learning benchmark: memory, retriever and
 * agent are left out, so that it says what the weights can do.
 * usage: node evaluate.mjs MODEL.onnx VOCABULARY.json [--episodes 100] [--json FILE] [--only PART] [--show CONDITION]
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createRandom, deriveSeed } from '../../src/embedded/random.ts'
import { simulateExplorer } from '../../src/embedded/baselines.ts'
import { openTransformer } from '../../src/embedded/runtime/transformer.ts'
import { createTokenizer } from '../../src/embedded/tokenizer.ts'
import { createTextWorld } from '../../src/embedded/world/text-world.ts'
import { CONDITIONS, type Condition } from './conditions.ts'
import { examplesFor } from './examples.ts'
import { play, type Player } from './play.ts'

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

interface Row {
  name: string
  n: number
  success: [share: number, low: number, high: number]
  steps: number
  malformed: number
  explorer: number
}

if (values.show === undefined) {
  const rows: Row[] = []
  for (const condition of CONDITIONS.filter(({ name }) => name.includes(values.only))) {
    rows.push(evaluate(condition))
    print(rows.at(-1) as Row)
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, undefined, 1)}\n`)
} else {
  const condition = CONDITIONS.find(({ name }) => name === values.show)
  for (let i = 0; condition && i < episodes; i++) console.log(episodeOf(condition, i).transcript, '\n')
}

function evaluate(condition: Condition): Row {
  const played = Array.from({ length: episodes }, (_, i) => episodeOf(condition, i))
  const sum = (of: (one: (typeof played)[number]) => number): number => played.reduce((total, one) => total + of(one), 0)
  const actions = sum(({ steps }) => steps)
  return {
    name: condition.name,
    n: episodes,
    success: wilson(
      sum(({ success }) => Number(success)),
      episodes,
    ),
    steps: actions / episodes,
    malformed: sum(({ malformed }) => malformed) / actions,
    explorer: sum(({ explored }) => Number(explored)) / episodes,
  }
}

function episodeOf(condition: Condition, i: number): ReturnType<typeof play> & { explored: boolean } {
  const seed = deriveSeed('evaluation', condition.name, i)
  const drawn = { ...condition.world, seed, heldOut: true }
  const world = createTextWorld(drawn)
  const [goal = ''] = world.goals(1, { seed })
  const exemplars = examplesFor(goal, condition, drawn, createRandom(seed))
  const [explored] = simulateExplorer(world, [goal], { seed })
  return { ...play(player, world, goal, { exemplars, seed }), explored: explored?.success ?? false }
}

/** Share with its Wilson interval of 95 %. */
function wilson(wins: number, count: number): [number, number, number] {
  const p = wins / count
  const z2 = 1.96 ** 2
  const centre = (p + z2 / (2 * count)) / (1 + z2 / count)
  const half = (1.96 * Math.sqrt((p * (1 - p)) / count + z2 / (4 * count ** 2))) / (1 + z2 / count)
  return [p, centre - half, centre + half]
}

function print({ name, success: [share, low, high], steps, malformed, explorer }: Row): void {
  const percent = (value: number): string => (100 * value).toFixed(1).padStart(5)
  console.log(
    `${name.padEnd(34)} ${percent(share)} [${percent(low)}–${percent(high)}]  ${steps.toFixed(2).padStart(5)} steps  malformed ${percent(malformed)}  explorer ${percent(explorer)}`,
  )
}
