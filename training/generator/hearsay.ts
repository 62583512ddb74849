/** What the agent of a stored episode may have known: nothing, everything, the first rule, or rules that were wrong. */
import type { Random } from '../../src/embedded/random.ts'
import type { Conventions, Task } from '../../src/embedded/world/episode.ts'
import { createKnowledge, idOf, type Fact, type Knowledge } from './knowledge.ts'
import { weighted } from './scenario.ts'

/** @param mistaken the conventions of which it may have believed that they hold */
export function hearsay(
  { key }: Task,
  { world, mistaken, random }: { world: Conventions; mistaken: Conventions; random: Random },
): Knowledge {
  const knowledge = createKnowledge()
  const [{ links }, count] = weighted(random, [
    [[world, 0] as const, 32],
    [[world, Infinity] as const, 48],
    [[world, 1] as const, 12],
    [[mistaken, Infinity] as const, 8],
  ])
  const stated: Fact[] = []
  for (const [link, { right }] of links.entries()) {
    const a = stated.at(-1)?.b ?? key
    const b = right.get(a)
    if (b === undefined || link >= count) break
    stated.push({ grammar: idOf(world.grammar), link, a, b })
  }
  knowledge.add({ believed: [], stated, refuted: [] })
  return knowledge
}
