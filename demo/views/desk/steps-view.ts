/** What happened in the run, step by step: thought, action, question, answer, and what came of it. */
import type { Approval } from 'reprise'
import { fill, h, setText } from '../../dom.ts'
import { plural } from '../../format.ts'
import type { RunView, StepView } from '../../state/desk/steps.ts'

export interface StepsView {
  element: HTMLElement
  /** Shows what has changed. */
  sync(run: RunView): void
}

interface Row {
  what: string
  said: string
  kind: '' | 'does' | 'asked' | 'sees'
}

export function stepsView(): StepsView {
  const list = h('ol', { class: 'steps' })
  const head = h('p', { class: 'episode-head' })
  const notes = h('p', { class: 'note' })
  const box = h('div', { class: 'now scroll', id: 'page-steps', tabindex: 0, role: 'group', 'aria-labelledby': 'steps-title' })
  fill(box, h('p', { class: 'empty' }, 'Press Run: each thought, action, question and answer appears here.'))
  let shown: RunView | undefined
  return {
    element: h('section', { class: 'card', 'aria-labelledby': 'steps-title' }, h('h2', { id: 'steps-title' }, 'Transcript'), box),
    sync: (run) => {
      if (shown !== run) {
        shown = run
        list.replaceChildren()
        fill(box, h('div', {}, head, list, notes))
      }
      const verdict = verdictOf(run)
      fill(head, h('strong', {}, run.goal), h('span', { class: `verdict ${verdict.kind}` }, verdict.text))
      for (const [index, row] of rowsOf(run).entries()) {
        const known = list.children[index] ?? list.appendChild(h('li', {}, h('span', { class: 'what' }), h('span', { class: 'said' })))
        known.className = row.kind
        if (known.firstElementChild) setText(known.firstElementChild, row.what)
        if (known.lastElementChild) setText(known.lastElementChild, row.said)
      }
      setText(notes, notesOf(run))
    },
  }
}

/** In the order they came in; once there, a row keeps its place. */
function rowsOf({ plan, steps }: RunView): Row[] {
  return [...(plan ? [{ what: 'Plans', said: plan, kind: '' } satisfies Row] : []), ...steps.flatMap(rowsOfStep)]
}

function rowsOfStep({ thinks, does, on, asked, told }: StepView): Row[] {
  const rows: Row[] = []
  if (thinks) rows.push({ what: 'Thinks', said: thinks, kind: 'sees' })
  if (does) rows.push({ what: 'Does', said: on ? `${does}, the ${on}` : does, kind: 'does' })
  for (const { request, answer } of asked)
    rows.push({ what: 'You', said: `${answerText(answer)}: ${request.description} (${request.effect})`, kind: 'asked' })
  if (told) rows.push({ what: 'Is told', said: told, kind: '' })
  return rows
}

function answerText(answer: Approval | null): string {
  if (answer === null) return 'Asked'
  if (answer === 'stop') return '✗ Refused, and stopped'
  if (answer === 'run') return '✓ Allowed for this run'
  return answer ? '✓ Allowed' : '✗ Refused'
}

/** With a sign, since colour alone says nothing; and none where nobody but the agent says so. */
function verdictOf({ state, kept, steps }: RunView): { text: string; kind: string } {
  const count = plural(steps.length, 'step')
  if (kept === 'waiting') return { text: `says that it is done, after ${count}`, kind: 'unchecked' }
  const text = {
    running: `step ${steps.length || 1}`,
    success: `✓ done in ${count}`,
    failure: `✗ not done in ${count}`,
    stopped: 'stopped',
    broken: '! broke off',
  }[state]
  return { text, kind: state }
}

function notesOf({ kept, read, state }: RunView): string {
  if (state === 'running') return ''
  const memories = read.size === 0 ? 'It read no memory.' : `It read ${read.size === 1 ? '1 memory' : `${read.size} memories`}.`
  return `${KEPT[kept]} ${memories}`.trim()
}

const KEPT: Record<RunView['kept'], string> = {
  no: '',
  'in use': 'Stored as a memory: code has checked the success.',
  waiting: 'Stored, but not in use: the success is the agent’s own word, so it waits for yours.',
}
