/** The training sequences are honest: what is learnt can be told from the text before it, and nothing held out is among it. */
import { describe, expect, test } from 'vitest'
import { createTokenizer } from '../../src/embedded/tokenizer.ts'
import { encodeSequence, toBytes } from '../../training/generator/encode.ts'
import type { Piece } from '../../training/generator/sequence.ts'
import { drawTraining } from '../../training/generator/training.ts'
import { vocabulary } from '../../training/generator/vocabulary.ts'
import { readEpisodes, segmentsOf, type ReadEpisode, type ReadStep, type Segment } from './read-text.ts'

const COUNT = 600
/** Beyond the easy ones with which training begins. */
const FIRST = 20_000
const SEED = 3

const tokenizer = createTokenizer(vocabulary())
const sequences = Array.from({ length: COUNT }, (_, i) => drawTraining(SEED, FIRST + i))
const read = sequences.map(readPieces)
const isTrained = ({ weights }: Segment): boolean => weights.some((weight) => weight > 0)
const isBlunder = ({ next }: ReadStep): boolean => next?.startsWith('nothing happens') ?? false

/** Words and weights as the trainer gets them, read back; a phrase is one token of several words. */
function readPieces(pieces: readonly Piece[]): ReadEpisode[] {
  const { tokens, weights } = encodeSequence(pieces, tokenizer)
  const parts = pieces.flatMap(({ text }) => tokenizer.split(text)).slice(0, tokens.length - 1) // one that is too long loses its end
  const words = parts.map((part) => part.split(' '))
  const perWord = words.flatMap((part, i) => part.map(() => weights[i + 1] ?? 0))
  return readEpisodes(segmentsOf(words.flat(), perWord))
}

function wordsOf(pieces: readonly Piece[]): string[] {
  return pieces.flatMap(({ text }) => tokenizer.split(text))
}

const steps = read.flatMap((episodes) => episodes.flatMap((episode) => episode.steps))
const trainedThoughts = steps.filter(({ thought }) => isTrained(thought))

describe('what is learnt', () => {
  test('covers every kind of thought many times', () => {
    const starts = (word: string): number => trainedThoughts.filter(({ thought }) => thought.value.startsWith(`${word} `)).length
    expect(starts('unknown')).toBeGreaterThan(500)
    expect(starts('then')).toBeGreaterThan(300)
    expect(trainedThoughts.length - starts('unknown') - starts('then')).toBeGreaterThan(500)
  })

  test('a thought that states a rule states the latest one that was shown for its subject and is still open', () => {
    for (const { thought, latest, open } of trainedThoughts) {
      if (/^(unknown|then) /.test(thought.value)) continue
      const b = thought.value.split(' ').at(-1) ?? ''
      expect(open).toContain(b)
      expect([thought.value, latest(thought.value)]).toEqual([thought.value, b])
    }
  })

  test('a thought that tries tries what is on offer and was not refused, and knows of no rule that would help', () => {
    for (const { thought, open, shown } of trainedThoughts) {
      const [, option] = /^unknown , try (\S+)$/.exec(thought.value) ?? []
      if (option === undefined) continue
      expect(open).toContain(option)
      expect([thought.value, shown]).toEqual([thought.value, []])
    }
  })

  test('the finish is thought of where nothing is left to choose, and only there', () => {
    for (const { thought, open } of trainedThoughts) expect(thought.value.startsWith('then ')).toBe(open.length === 0)
  })

  test('an action is the one that its thought announces', () => {
    for (const { thought, action, form } of steps.filter((step) => isTrained(step.action))) {
      const option = thought.value.split(' ').at(-1) ?? ''
      expect(action.value).toBe(thought.value.startsWith('then ') ? thought.value.slice('then '.length) : form?.replace('?', option))
    }
  })

  test('a plan states the latest rules that were shown, and says what it does not know', () => {
    let stated = 0
    for (const { plan, latest } of read.flat()) {
      if (!isTrained(plan)) continue
      for (const part of plan.value.split(' , ')) {
        if (part.startsWith('find out')) continue
        expect([part, latest(part)]).toEqual([part, part.split(' ').at(-1)])
        stated++
      }
    }
    expect(stated).toBeGreaterThan(300)
  })

  test('a blunder is never learnt, and the step after one is', () => {
    let repaired = 0
    for (const episodes of read)
      for (const episode of episodes) {
        for (const [i, step] of episode.steps.entries()) {
          if (isBlunder(step)) expect([...step.thought.weights, ...step.action.weights].filter((weight) => weight > 0)).toEqual([])
          const before = episode.steps[i - 1]
          if (!isTrained(episode.plan) || isBlunder(step) || !before || !isBlunder(before)) continue
          expect([isTrained(step.thought), isTrained(step.action)]).toEqual([true, true])
          repaired++
        }
      }
    expect(repaired).toBeGreaterThan(60)
  })

  test('the episode to be solved is learnt throughout, an example as a whole or not at all, and what is read never', () => {
    let untrained = 0
    for (const episodes of read)
      for (const [i, { goal, plan, steps: all }] of episodes.entries()) {
        const learnt = all.filter((step) => !isBlunder(step)).flatMap(({ thought, action }) => [isTrained(thought), isTrained(action)])
        // The plan of the episode to be solved may come from other examples than are shown; then it is read only.
        const learns = i === episodes.length - 1 || isTrained(plan)
        expect(learnt.every((trained) => trained === learns)).toBe(true)
        expect(isTrained(goal)).toBe(false)
        if (!isTrained(plan)) untrained++
      }
    expect(untrained).toBeGreaterThan(300)
    for (const pieces of sequences) for (const { kind, weight } of pieces) if (kind === 'given') expect(weight).toBe(0)
  })
})

describe('the stream', () => {
  test('the same seed and number give the same bytes, others give others', () => {
    const bytes = (seed: number, i: number): string => toBytes(encodeSequence(drawTraining(seed, i), tokenizer)).toString()
    for (const i of [0, 5, FIRST, FIRST + 9]) {
      expect(bytes(SEED, i)).toBe(bytes(SEED, i))
      expect(bytes(SEED, i + 1)).not.toBe(bytes(SEED, i))
      expect(bytes(SEED + 1, i)).not.toBe(bytes(SEED, i))
    }
  })

  test('bytes hold the length, then tokens, then weights, all of them within their bounds', () => {
    for (const pieces of sequences.slice(0, 100)) {
      const { tokens, weights } = encodeSequence(pieces, tokenizer)
      const bytes = toBytes({ tokens, weights })
      const view = new DataView(bytes.buffer)
      expect(view.getUint16(0, true)).toBe(tokens.length)
      expect(tokens.map((_, i) => view.getUint16(2 + 2 * i, true))).toEqual(tokens)
      expect([...bytes.subarray(2 + 2 * tokens.length)]).toEqual(weights)
      expect(tokens[0]).toBe(tokenizer.startToken)
      expect(Math.max(...tokens)).toBeLessThan(tokenizer.size)
      expect(Math.max(...weights)).toBeLessThanOrEqual(10)
      expect(Math.max(...weights)).toBeGreaterThan(0)
    }
  })

  test('no sequence is longer than the model reads, and words without a token are rare and never learnt', () => {
    let cut = 0
    let lost = 0
    for (const pieces of sequences) {
      const { tokens, weights } = encodeSequence(pieces, tokenizer)
      expect(tokens.length).toBeLessThanOrEqual(1_536)
      expect(wordsOf(pieces).length).toBeLessThanOrEqual(1_600)
      if (wordsOf(pieces).length >= 1_536) cut++
      if (tokens.includes(tokenizer.unknownToken)) lost++
      for (const [i, token] of tokens.entries()) if (token === tokenizer.unknownToken) expect(weights[i]).toBe(0)
    }
    expect(cut).toBeLessThan(6)
    expect(lost).toBeLessThan(12)
  })

  test('training begins with easy sequences, and none is left after a while', () => {
    const examplesIn = (from: number): number[] => Array.from({ length: 40 }, (_, i) => readPieces(drawTraining(SEED, from + i)).length - 1)
    expect(Math.max(...examplesIn(0))).toBeLessThanOrEqual(2)
    expect(Math.min(...examplesIn(0))).toBeGreaterThanOrEqual(1)
    expect(Math.max(...examplesIn(FIRST))).toBeGreaterThan(3)
  })
})
