/** One episode of the embedded model in plain Node: prompt format, runtime and world, without memory and agent. */
import type { Situation } from '../../src/core/policy.ts'
import type { Exemplar, Phase, Step } from '../../src/core/trajectory.ts'
import { embeddedPrompts } from '../../src/embedded/prompt-format.ts'
import { createRandom, type Random } from '../../src/embedded/random.ts'
import type { Transformer } from '../../src/embedded/runtime/transformer.ts'
import { sampleToken } from '../../src/embedded/sampling.ts'
import type { Tokenizer } from '../../src/embedded/tokenizer.ts'
import { NOTHING } from '../../src/embedded/world/episode.ts'
import type { TextWorld } from '../../src/embedded/world/text-world.ts'

export interface Player {
  transformer: Transformer
  tokenizer: Tokenizer
  /** Where absent, the prompt format's own. */
  temperature?: number
}

export interface Played {
  success: boolean
  steps: number
  malformed: number
  transcript: string
}

const { signal } = new AbortController()

export function play(player: Player, world: TextWorld, goal: string, setup: { exemplars: readonly Exemplar[]; seed: number }): Played {
  const random = createRandom(setup.seed)
  const episode = world.begin(goal, random)
  const base: Situation = {
    goal,
    plan: '',
    observation: '',
    reasoning: '',
    history: [],
    exemplars: setup.exemplars,
    guidance: '',
    signal,
  }
  const history: Step[] = []
  const plan = answer(player, 'plan', base, random)
  let observation = episode.opening
  let malformed = 0
  while (!episode.done() && history.length < world.stepBudget) {
    const now = { ...base, plan, history, observation }
    const reasoning = answer(player, 'reason', now, random)
    const action = answer(player, 'act', { ...now, reasoning }, random)
    history.push({ observation, reasoning, action })
    observation = episode.act(action)
    if (observation.startsWith(NOTHING)) malformed++
  }
  const lines = history.map((step) => `  ${step.observation} | ${step.reasoning} | ${step.action}`)
  return {
    success: episode.done(),
    steps: history.length,
    malformed,
    transcript: [`${goal} | ${plan}`, ...lines, `  ${observation}`].join('\n'),
  }
}

function answer({ transformer, tokenizer, temperature }: Player, phase: Phase, situation: Situation, random: Random): string {
  const prompt = embeddedPrompts[phase](situation)
  const encoder = tokenizer.begin()
  const tokens = [tokenizer.startToken, ...encoder.encode(prompt.messages.map(({ content }) => content).join(' '))]
  const end = tokenizer.tokenOf(';')
  const written: number[] = []
  while (written.length < (prompt.maxTokens ?? 24)) {
    const token = sampleToken(transformer.next([...tokens, ...written]), temperature ?? prompt.temperature ?? 0, random)
    if (token === end) break
    written.push(token)
  }
  return embeddedPrompts.parse(phase, encoder.decode(written))
}
