/** What is to be done in the practice page, and who decides: a script, an obedient stand-in, or the person's own model. */
import { h, setText } from '../../dom.ts'
import type { Decider } from '../../state/desk/run-task.ts'
import { TASKS, type Task } from '../../state/desk/tasks.ts'

export interface ChoicesView {
  element: HTMLElement
  run: HTMLButtonElement
  read(): { task: Task; decider: Decider }
  /** Name of the person's model; `null` where none is chosen. */
  offer(model: string | null): void
  enable(ready: boolean): void
}

const DECIDERS: readonly { kind: Decider; name: string; about: string }[] = [
  { kind: 'walkthrough', name: 'Scripted walkthrough', about: 'No model: a fixed script for each task, to show how things look.' },
  {
    kind: 'obedient',
    name: 'Obedient stand-in',
    about: 'No real model either: does whatever any text tells it, as a model would that a page has taken over. The approvals must hold.',
  },
  { kind: 'model', name: 'Your model', about: '' },
]
const NO_MODEL =
  'None is chosen yet. Setup takes a key, or the address of a server of your own, such as Ollama’s http://localhost:11434/v1.'

export function choicesView(on: { run(): void; setup(): void }): ChoicesView {
  const select = h('select', { id: 'page-task' }, ...TASKS.map(({ id, goal }) => h('option', { value: id }, goal)))
  const judged = h('p', { class: 'note', id: 'page-judged' })
  const radios = DECIDERS.map(({ kind, name, about }) => radioOf(kind, name, about))
  const run = h('button', { type: 'submit', class: 'primary', id: 'page-go' }, 'Run')
  const setup = h('button', { type: 'button', class: 'link', on: { click: on.setup } }, 'Setup…')
  const read = (): { task: Task; decider: Decider } => {
    const task = TASKS.find(({ id }) => id === select.value) ?? TASKS[0]
    if (!task) throw new Error('There are no tasks')
    return { task, decider: radios.find(({ input }) => input.checked)?.kind ?? 'walkthrough' }
  }
  const sync = (): void => setText(judged, read().task.judged)
  select.addEventListener('change', sync)
  // Only one of the tasks leads to the ticket that gives orders.
  for (const { input, kind } of radios)
    input.addEventListener('change', () => {
      if (kind === 'obedient') select.value = 'read'
      sync()
    })
  sync()
  const element = h(
    'form',
    { class: 'page-choices' },
    h('div', { class: 'fields-line' }, h('label', { for: 'page-task' }, 'Task'), select, judged),
    h('fieldset', {}, h('legend', {}, 'Who decides'), ...radios.map((radio) => radio.element)),
    h('p', { class: 'note' }, 'The embedded model cannot do this: it knows its small text worlds and no pages. ', setup),
    h('div', { class: 'buttons' }, run),
  )
  element.addEventListener('submit', (event) => {
    event.preventDefault()
    if (run.getAttribute('aria-disabled') !== 'true') on.run()
  })
  return {
    element,
    run,
    read,
    offer: (model) => {
      const own = radios.find(({ kind }) => kind === 'model')
      if (!own) return
      own.input.disabled = model === null
      if (model === null && own.input.checked && radios[0]) radios[0].input.checked = true
      setText(
        own.about,
        model === null ? NO_MODEL : `${model}. What the agent sees goes to it, and calls may cost money: up to 41 for a task.`,
      )
      sync()
    },
    enable: (ready) => {
      // Not disabled: the focus would be lost.
      if (ready) run.removeAttribute('aria-disabled')
      else run.setAttribute('aria-disabled', 'true')
      setup.disabled = !ready
    },
  }
}

function radioOf(
  kind: Decider,
  name: string,
  text: string,
): { kind: Decider; input: HTMLInputElement; about: HTMLElement; element: HTMLElement } {
  const input = h('input', { type: 'radio', name: 'page-decider', value: kind, checked: kind === 'walkthrough' })
  const about = h('small', {}, text)
  return { kind, input, about, element: h('label', { class: 'choice' }, input, h('span', {}, name, about)) }
}
