/**
 * The prompt format that the embedded model was trained on: nothing but episodes, the examples whole and the current one
 * up to the word to be continued.
 *
 *     goal: put the winter spade away ; plan: winter belongs in tray , tray opens with coin ;
 *     see: you hold spade , places shelf tray ; think: winter belongs in tray ; do: go to tray ; see: …
 *
 * The model has no instructions to follow, so `guidance` and `actions` of a situation are left out, and nothing needs a fence: texts
 * become words of its vocabulary, and no text can hold its markers.
 */
import type { Prompt, PromptFormat, Situation } from '../core/policy.ts'
import type { Exemplar, Step } from '../core/trajectory.ts'
import { inspect } from '../security/untrusted.ts'
import { countTokens, valueWords } from './vocabulary.ts'

/** Tokens of a prompt at most; the model reads 1,536, the answer included. */
export const MAX_PROMPT_TOKENS = 1472
/** Longest value in words. Five of them and their markers still fit a prompt. */
const MAX_VALUE_WORDS = 120

/** Give it to an agent as `prompts`; the embedded model brings it by itself. */
export const embeddedPrompts: PromptFormat = {
  plan: (situation) => prompt({ ...situation, history: [] }, { head: segment('goal', situation.goal), tail: 'plan:' }),
  reason: (situation) => prompt(situation, { head: headOf(situation), tail: `${segment('see', inspect(situation.observation))} think:` }),
  act: (situation) =>
    prompt(situation, {
      head: headOf(situation),
      tail: `${segment('see', inspect(situation.observation))} ${segment('think', situation.reasoning)} do:`,
    }),
  parse: (_phase, text) => (text.split(';', 1)[0] ?? '').trim(),
}

interface CurrentEpisode {
  /** What precedes the steps. */
  head: string
  /** What follows them, up to the marker that the model continues. */
  tail: string
}

function prompt(situation: Situation, current: CurrentEpisode): Prompt {
  const budget = MAX_PROMPT_TOKENS - 1 // for <bos>
  const episode = fitEpisode(current, inspect(situation.history).map(renderStep), budget)
  const examples = fitExamples(inspect(situation.exemplars), budget - countTokens(episode))
  const content = [...examples.map(({ text }) => text).reverse(), episode].join(' ')
  return {
    messages: [{ role: 'user', content }],
    shown: examples.map(({ id }) => id),
    temperature: 0.7, // greedy decoding repeats its errors, and learns less
    maxTokens: 24,
    stop: [';'],
  }
}

/** The current episode, without its oldest steps where it would be too long. */
function fitEpisode({ head, tail }: CurrentEpisode, steps: readonly string[], budget: number): string {
  let room = budget - countTokens(head) - countTokens(tail)
  const kept: string[] = []
  for (const step of steps.toReversed()) {
    room -= countTokens(step)
    if (room < 0) break
    kept.unshift(step)
  }
  return [head, ...kept, tail].join(' ')
}

/** Best first, those for which there is room. */
function fitExamples(exemplars: readonly Exemplar[], budget: number): { id: string; text: string }[] {
  let room = budget
  return exemplars
    .map((exemplar) => ({ id: exemplar.trajectoryId, text: renderExample(exemplar) }))
    .filter(({ text }) => {
      const size = countTokens(text)
      if (size > room) return false
      room -= size
      return true
    })
}

function renderExample({ goal, plan, steps, outcome }: Exemplar): string {
  const ending = outcome === null ? [] : [segment('see', outcome)]
  return [segment('goal', goal), segment('plan', plan), ...steps.map(renderStep), ...ending].join(' ')
}

function headOf({ goal, plan }: Situation): string {
  return `${segment('goal', goal)} ${segment('plan', plan)}`
}

function renderStep({ observation, reasoning, action }: Step): string {
  return `${segment('see', observation)} ${segment('think', reasoning)} ${segment('do', action)}`
}

/** One part of an episode: `see: it is shut ;`. */
export function segment(marker: 'goal' | 'plan' | 'see' | 'think' | 'do', value: string): string {
  return [`${marker}:`, ...valueWords(value).slice(0, MAX_VALUE_WORDS), ';'].join(' ')
}
