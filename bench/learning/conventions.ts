/** Goals of a world whose hidden rules are known: the expert that makes the stored episodes must know them. */
import type { Random } from '../../src/embedded/random.ts'
import type { Conventions, Task } from '../../src/embedded/world/episode.ts'
import { drawTask, taskOf } from '../../src/embedded/world/goals.ts'

/** Which of the conventions a goal is about. */
export function taskIn(conventions: readonly Conventions[], goal: string): { task: Task; conventions: Conventions } {
  for (const one of conventions) {
    const task = taskOf(goal, one)
    if (task) return { task, conventions: one }
  }
  throw new Error(`No world of this benchmark has the goal “${goal}”.`)
}

/** A task about each key, in random order. */
export function taskForEachKey(conventions: readonly Conventions[], random: Random): { task: Task; conventions: Conventions }[] {
  const all = conventions.flatMap((one) => one.keys.map((key) => ({ task: { ...drawTask(one, random), key }, conventions: one })))
  return random.sample(all)
}
