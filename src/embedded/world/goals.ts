/** Goals: put into words, and taken apart again. */
import type { Random } from '../random.ts'
import { plain, type Conventions, type Task } from './episode.ts'
import { fill, type Grammar } from './families.ts'

/** `plain`: one wording a family; `varied`: all but one; `held-out`: the one that was never trained on, where there is one. */
export type Wording = 'plain' | 'varied' | 'held-out'

/** A task drawn at random. */
export function drawTask({ keys, objects }: Conventions, random: Random): Task {
  const key = random.pick(keys)
  return { key, object: objects.length > 0 ? random.pick(objects) : '' }
}

export function wordGoal(task: Task, grammar: Grammar, { wording, random }: { wording: Wording; random: Random }): string {
  const wordings = wordingsOf(grammar, wording)
  const template = wordings.length > 1 ? random.pick(wordings) : (wordings[0] ?? '')
  return fill(template, { ...task })
}

/** The task that a goal's words name under these conventions, or `undefined` where they name none. */
export function taskOf(goal: string, { grammar, keys, objects }: Conventions): Task | undefined {
  for (const template of grammar.goals) {
    const groups = pattern(template).exec(plain(goal))?.groups
    const { key = '', object = '' } = groups ?? {}
    if (groups && keys.includes(key) && (object === '' || objects.includes(object))) return { key, object }
  }
  return undefined
}

function wordingsOf({ goals }: Grammar, wording: Wording): readonly string[] {
  if (wording === 'plain' || goals.length === 1) return goals.slice(0, 1)
  return wording === 'varied' ? goals.slice(0, -1) : goals.slice(-1)
}

/** Templates hold letters, spaces and commas only. */
function pattern(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\{(\w+)\}/g, '(?<$1>\\S+)')}$`)
}
