/** The memories shown for one decision, and why these: similarity per field, and the step that fitted best. */
import type { Exemplar, Field, Phase, Step } from 'reprise'
import { h, type Child } from '../dom.ts'
import { plural, score } from '../format.ts'
import type { DecisionView } from '../state/episodes.ts'

const FIELDS: readonly Field[] = ['goal', 'plan', 'observation', 'reasoning']
const REASON: Record<Phase, string> = {
  plan: 'Chosen by how alike the goals are.',
  reason: 'Chosen by goal and plan (their mean), plus the step whose observation is most alike.',
  act: 'Chosen by goal and plan (their mean), plus the step whose reasoning is most alike.',
}

/** A closed `<details>`; its table is built when it is first opened. */
export function exemplarsView(decision: DecisionView): HTMLElement {
  const { exemplars, shown } = decision
  const details = h('details', {}, h('summary', {}, summaryOf(exemplars, shown)))
  details.addEventListener('toggle', () => details.append(contentOf(decision)), { once: true })
  return details
}

function summaryOf(exemplars: readonly Exemplar[], shown: readonly string[]): string {
  const best = exemplars[0]
  if (!best) return 'no memory to read'
  const left = exemplars.length - exemplars.filter(({ trajectoryId }) => shown.includes(trajectoryId)).length
  const count = exemplars.length === 1 ? '1 memory' : `${exemplars.length} memories`
  return `${count} read, best ${score(best.score)}${left > 0 ? `, ${left} left out` : ''}`
}

function contentOf({ phase, exemplars, shown }: DecisionView): HTMLElement {
  if (exemplars.length === 0) return h('p', { class: 'note' }, 'Nothing was stored yet, so the model had to guess.')
  const used = FIELDS.filter((field) => exemplars.some(({ scores }) => scores[field] !== undefined))
  const head = h(
    'tr',
    {},
    h('th', { scope: 'col' }, 'Memory and its best step'),
    ...used.map((field) => numberHead(field)),
    numberHead('score'),
  )
  const rows = exemplars.map((exemplar, index) =>
    rowOf(exemplar, { used, best: index === 0, inPrompt: shown.includes(exemplar.trajectoryId) }),
  )
  return h(
    'div',
    { class: 'exemplars scroll', tabindex: 0, role: 'group', 'aria-label': `Memories for this ${phase} decision` },
    h('p', { class: 'note' }, `${REASON[phase]} Best first; in the prompt the best stands last, nearest to the question.`),
    h('table', {}, h('thead', {}, head), h('tbody', {}, ...rows)),
  )
}

function rowOf(exemplar: Exemplar, { used, best, inPrompt }: { used: readonly Field[]; best: boolean; inPrompt: boolean }): HTMLElement {
  const { goal, plan, steps, stepIndex, scores } = exemplar
  const step = stepIndex === null ? undefined : steps[stepIndex]
  return h(
    'tr',
    { class: [best && 'best', !inPrompt && 'left-out'].filter(Boolean).join(' ') || null },
    h(
      'td',
      {},
      h('div', { class: 'goal' }, goal, !inPrompt && ' (left out: no room in the prompt)'),
      h('div', {}, step ? bestStep(step, `step ${(stepIndex ?? 0) + 1} of ${plural(steps.length, 'step')} shown`) : `plan: ${plan}`),
    ),
    ...used.map((field) => h('td', { class: 'number' }, scores[field] === undefined ? '–' : score(scores[field]))),
    h('td', { class: 'number' }, score(exemplar.score)),
  )
}

function bestStep({ observation, reasoning, action }: Step, where: string): HTMLElement {
  const part = (label: string, text: string): Child => h('div', {}, h('span', { class: 'note' }, `${label} `), text)
  return h('div', {}, h('mark', {}, where), part('sees', observation), part('thinks', reasoning), part('does', action))
}

function numberHead(text: string): HTMLElement {
  return h('th', { scope: 'col', class: 'number' }, text)
}
