/** The memories shown for one decision, and why these: similarity per field, and the step that fitted best. */
import type { Exemplar, Phase, Step } from 'reprise'
import { h } from '../dom.ts'
import { plural, score } from '../format.ts'
import type { DecisionView } from '../state/episodes.ts'
import { scoreList } from './chips.ts'

const REASON: Record<Phase, string> = {
  plan: 'Score: how alike the goals are, up to 1.',
  reason: `Score, up to 2: trajectory score (mean of goal and plan) plus step score (the step whose observation is most alike).`,
  act: `Score, up to 2: trajectory score (mean of goal and plan) plus step score (the step whose reasoning is most alike).`,
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
  return h(
    'div',
    { class: 'exemplars' },
    h('p', { class: 'note' }, `${REASON[phase]} Best first; in the prompt the best stands last, nearest to the question.`),
    h('ol', {}, ...exemplars.map((exemplar) => itemOf(exemplar, shown.includes(exemplar.trajectoryId)))),
  )
}

function itemOf(exemplar: Exemplar, inPrompt: boolean): HTMLElement {
  const { goal, plan, steps, stepIndex, scores } = exemplar
  const step = stepIndex === null ? undefined : steps[stepIndex]
  return h(
    'li',
    { class: inPrompt ? null : 'left-out' },
    h('p', { class: 'goal' }, h('span', {}, goal, !inPrompt && ' (left out: no room in the prompt)'), h('b', {}, score(exemplar.score))),
    scoreList(scores),
    ...(step ? bestStep(step, `best of ${plural(steps.length, 'step')}: number ${(stepIndex ?? 0) + 1}`) : [part('plans', plan)]),
  )
}

function bestStep({ observation, reasoning, action }: Step, where: string): HTMLElement[] {
  return [h('p', {}, h('mark', {}, where)), part('sees', observation), part('thinks', reasoning), part('does', action)]
}

function part(label: string, text: string): HTMLElement {
  return h('p', {}, h('span', { class: 'note' }, `${label} `), text)
}
