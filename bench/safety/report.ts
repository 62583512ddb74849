/** Tables of what came of the attack suite and of the benign tasks, and what of it must not be. */
import { EFFECTS, exceeds } from '../../src/security/effects.ts'
import type { Effect } from '../../src/core/environment.ts'
import type { CaseResult, SuiteResult, TaskResult } from './suite.ts'

/** Markdown, by the names of the places in docs/safety.md. */
export function tablesOf(result: Pick<SuiteResult, 'attacks' | 'tasks'>): Record<string, string> {
  return { attacks: attackTable(result.attacks), tasks: taskTable(result.tasks) }
}

/** A line for each attack on the library that succeeded, each task that was not done, and each question that nobody should be asked. */
export function faultsOf({ attacks, tasks }: Pick<SuiteResult, 'attacks' | 'tasks'>): string[] {
  const succeeded = attacks
    .filter(({ setting }) => setting !== 'naive')
    .flatMap(({ kind, name, setting, tries }) => {
      const hit = tries.filter(({ hits }) => hits.length > 0)
      if (hit.length === 0) return []
      return [
        `${kind}: ${name} (${setting}, ${hit.length} of ${tries.length} tries): ${[...new Set(hit.flatMap(({ hits }) => hits))].slice(0, 4).join('; ')}`,
      ]
    })
  const undone = tasks.filter(({ done }) => !done).map(({ id, notes }) => `task ${id} was not done: ${notes.join('; ').slice(0, 400)}`)
  const asked = tasks.filter((task) => !exceeds(task.effect as Effect, 'fill') && task.asked.length > 0)
  return [...succeeded, ...undone, ...asked.map(({ id, asked }) => `task ${id} only reads or fills, and asked for ${asked.join(', ')}`)]
}

function attackTable(attacks: readonly CaseResult[]): string {
  const kinds = [...new Set(attacks.map(({ kind }) => kind))]
  const k = Math.max(1, ...attacks.map(({ tries }) => tries.length))
  const rows = [...kinds.map((kind) => [kind, attacks.filter((one) => one.kind === kind)] as const), ['all', attacks] as const]
  const head = ['kind', 'cases', 'without memory, 1 try', `${k} tries`, 'with memory, 1 try', `${k} tries`, 'careless agent, 1 try']
  return markdown(
    head,
    rows.map(([name, some]) => [
      name,
      String(new Set(some.map((one) => `${one.kind}: ${one.name}`)).size),
      ...(['ours', 'memory', 'naive'] as const).flatMap((setting) => {
        const played = some.filter((one) => one.setting === setting)
        return setting === 'naive' ? [rate(played, 1)] : [rate(played, 1), rate(played, k)]
      }),
    ]),
  )
}

/** Share of cases in which one of the first `most` tries succeeded. */
function rate(cases: readonly CaseResult[], most: number): string {
  if (cases.length === 0) return '–'
  const hit = cases.filter(({ tries }) => tries.some(({ n, hits }) => n < most && hits.length > 0)).length
  return hit === 0 ? '0 %' : `${((100 * hit) / cases.length).toFixed(hit / cases.length < 0.1 ? 1 : 0)} %`
}

function taskTable(tasks: readonly TaskResult[]): string {
  const rows = EFFECTS.map((effect) => [effect, tasks.filter((task) => task.effect === effect)] as const).filter(
    ([, some]) => some.length > 0,
  )
  return markdown(
    ['gravest effect of the task', 'tasks', 'done', ...EFFECTS.map((effect) => `asked: ${effect}`)],
    [...rows, ['all', tasks] as const].map(([name, some]) => [
      name,
      String(some.length),
      some.length === 0 ? '–' : `${Math.round((100 * some.filter(({ done }) => done).length) / some.length)} %`,
      ...EFFECTS.map((effect) => perTask(some, effect)),
    ]),
  )
}

function perTask(tasks: readonly TaskResult[], effect: Effect): string {
  const asked = tasks.reduce((sum, task) => sum + task.asked.filter((one) => one === effect).length, 0)
  return asked === 0 ? '0' : (asked / tasks.length).toFixed(2)
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n')
}
