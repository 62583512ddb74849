/** Episodes that look as before and say something else: the values of their rules change places. */
import type { Step } from '../../src/core/trajectory.ts'
import type { Random } from '../../src/embedded/random.ts'
import type { Conventions } from '../../src/embedded/world/episode.ts'

/** Every option becomes another one of the same link. */
export function permutation({ links }: Conventions, random: Random): ReadonlyMap<string, string> {
  return new Map(
    links.flatMap(({ options }) => {
      const order = random.sample(options)
      return order.map((option, i) => [option, order[(i + 1) % order.length] ?? option] as const)
    }),
  )
}

/** The goal keeps its words. */
export function reworded<E extends { plan: string; steps: readonly Step[]; outcome: string | null }>(
  episode: E,
  words: ReadonlyMap<string, string>,
): E & { steps: Step[] } {
  const put = (text: string): string =>
    text
      .split(' ')
      .map((word) => words.get(word) ?? word)
      .join(' ')
  const steps = episode.steps.map(({ observation, reasoning, action }) => ({
    observation: put(observation),
    reasoning: put(reasoning),
    action: put(action),
  }))
  return { ...episode, plan: put(episode.plan), steps, outcome: episode.outcome === null ? null : put(episode.outcome) }
}
