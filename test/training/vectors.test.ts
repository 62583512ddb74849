/** The committed vectors hold the public world and the generator to one another; `training/check_vectors.py` holds the trainer to them. */
import { expect, test } from 'vitest'
import { createTextWorld } from '../../src/embedded/index.ts'
import { createTokenizer } from '../../src/embedded/tokenizer.ts'
import { encodeSequence } from '../../training/generator/encode.ts'
import { drawTraining } from '../../training/generator/training.ts'
import { makeVectors, type SequenceVector, type WorldVector } from '../../training/generator/vectors.ts'
import { vocabulary } from '../../training/generator/vocabulary.ts'
import file from '../../training/vectors.json'

const worlds = file.worlds as WorldVector[]
const sequences: SequenceVector[] = file.sequences
const tokenizer = createTokenizer(vocabulary())
const { signal } = new AbortController()

test.each(worlds)('the public world plays the episode of $options as it stands in the vectors', async ({ options, ...vector }) => {
  const world = createTextWorld(options)
  expect(world.goals(vector.goals.length, { seed: vector.goalSeed })).toEqual(vector.goals)
  const environment = world.environment({ seed: vector.environmentSeed })
  expect(await environment.reset(vector.goals[0] ?? '', { signal })).toBe(vector.opening)
  for (const { action, ...result } of vector.steps)
    expect(await environment.step(action, { signal, approve: () => Promise.resolve(false) })).toEqual(result)
  expect(vector.steps.at(-1)).toMatchObject({ observation: 'done', done: true, success: true })
})

test.each(sequences)(
  'the generator writes sequence $index of seed $seed as it stands in the vectors',
  ({ seed, index, text, ...encoded }) => {
    const pieces = drawTraining(seed, index)
    expect(pieces.map((piece) => piece.text).join(' ')).toBe(text)
    expect(encodeSequence(pieces, tokenizer)).toEqual(encoded)
    expect(tokenizer.begin().encode(text)).toEqual(encoded.tokens.slice(1))
  },
)

test('the vectors are those that the generator makes now, of every kind of world', async () => {
  expect(JSON.parse(JSON.stringify(await makeVectors(tokenizer)))).toEqual(file)
  expect(worlds.map(({ steps }) => steps.filter(({ observation }) => observation.startsWith('nothing happens')).length)).toEqual(
    worlds.map(() => 1),
  )
  expect(worlds.every(({ steps }) => / not /.test(steps[0]?.observation ?? ''))).toBe(true)
})
