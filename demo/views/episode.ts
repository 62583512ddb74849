/** One episode: plan, then what was seen, thought and done in each step. Grows with the episode; what stands stays. */
import { h, setText } from '../dom.ts'
import { dollars, plural } from '../format.ts'
import { stepsOf, type DecisionView, type EpisodeView } from '../state/episodes.ts'
import { exemplarsView } from './exemplars.ts'

const VERB = { plan: 'Plans', reason: 'Thinks', act: 'Does' } as const

export interface EpisodeElement {
  element: HTMLElement
  /** Shows what has changed since the last time. */
  sync(): void
}

export function episodeElement(view: EpisodeView, { heading }: { heading: boolean }): EpisodeElement {
  const steps = h('ol', { class: 'steps' })
  const verdict = h('span', { class: 'verdict' })
  const notes = h('p', { class: 'note' })
  const head = h('p', { class: 'episode-head' }, h('strong', {}, view.goal), verdict)
  const lines = new Map<DecisionView, ReturnType<typeof decisionLine>>()
  const observations: HTMLElement[] = []

  const sync = (): void => {
    for (const entry of inOrder(view)) {
      if (typeof entry === 'number') {
        if (observations[entry]) continue
        observations[entry] = h('span', { class: 'what' }, 'Sees')
        steps.append(h('li', { class: 'sees' }, observations[entry], h('span', { class: 'said' }, view.observations[entry])))
        continue
      }
      const line = lines.get(entry) ?? decisionLine(entry, view.side !== 'without memory')
      if (!lines.has(entry)) steps.append(line.element)
      lines.set(entry, line)
      line.sync()
    }
    const last = observations.at(-1)
    if (last && view.state !== 'running') setText(last, view.state === 'success' || view.state === 'failure' ? 'End' : 'Sees')
    setText(verdict, verdictText(view))
    verdict.className = `verdict ${view.state}`
    setText(notes, notesOf(view))
  }
  sync()
  return { element: h('div', {}, heading && head, steps, notes), sync }
}

/** `solved in 3 steps`; with a sign, since colour alone says nothing. */
export function verdictText(view: EpisodeView): string {
  const steps = plural(stepsOf(view), 'step')
  if (view.state === 'success') return `✓ solved in ${steps}`
  if (view.state === 'failure') return `✗ not solved in ${steps}`
  if (view.state === 'stopped') return 'stopped'
  return view.state === 'broken' ? '! broke off' : `step ${stepsOf(view) + 1}`
}

/** Decisions and the numbers of observations, as they came. */
function inOrder({ decisions, observations }: EpisodeView): (DecisionView | number)[] {
  const plans = decisions.filter(({ phase }) => phase === 'plan')
  return [
    ...plans,
    ...observations.flatMap((_, index) => [index, ...decisions.filter(({ phase, step }) => phase !== 'plan' && step === index)]),
  ]
}

function decisionLine(decision: DecisionView, reads: boolean): { element: HTMLElement; sync(): void } {
  const said = h('span', { class: 'said' })
  const element = h('li', { class: decision.phase === 'act' ? 'does' : null }, h('span', { class: 'what' }, VERB[decision.phase]), said)
  let complete = !reads
  return {
    element,
    sync: () => {
      setText(said, decision.text || '…')
      if (!decision.settled || complete) return
      complete = true
      element.append(exemplarsView(decision))
    },
  }
}

function notesOf(view: EpisodeView): string {
  const notes = [...view.warnings]
  if (view.stored) notes.push('Stored as a memory.')
  if (view.pruned > 0)
    notes.push(
      `${plural(view.pruned, 'memory').replace('memorys', 'memories')} taken out of retrieval: few episodes that read them succeeded.`,
    )
  if (view.problem) notes.push(view.problem.text)
  if (view.calls > 0 && view.state !== 'running') notes.push(taken(view))
  return notes.join(' ')
}

function taken({ calls, tokens, costUSD }: EpisodeView): string {
  return `It took ${plural(calls, 'call')} of the model and ${plural(tokens, 'token')}${costUSD ? `, ${dollars(costUSD)}` : ''}.`
}
