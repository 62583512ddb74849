/** The view "Page": an agent acts in a small practice page, sees what a person sees there, and asks before it does what is grave. */
import '../../styles/desk.css'
import '../../styles/page-view.css'
import { hashEmbedder, isRepriseError, type AgentEvent, type LanguageModel } from 'reprise'
import { pageEnvironment } from 'reprise/page'
import { confirmDialog, runPanel, type RunPanel } from 'reprise/ui'
import { h, setText } from '../../dom.ts'
import { createDesk } from '../../state/desk/desk.ts'
import { runTask } from '../../state/desk/run-task.ts'
import { applyAnswer, applyEvent, applyFailure, startRun, type RunView } from '../../state/desk/steps.ts'
import { openSomeMemory } from '../../state/session.ts'
import type { Alerts } from '../alerts.ts'
import { choicesView } from './choices.ts'
import { deskView } from './desk-view.ts'
import { learnedView } from './learned.ts'
import { aboutView, introView } from './page-words.ts'
import { seesView } from './sees.ts'
import { stepsView } from './steps-view.ts'

export interface PageHooks {
  alerts: Alerts
  /** The person's own model with its name, where one is chosen. */
  model(): { name: string; model: LanguageModel } | null
  setup(): void
}

export interface PageView {
  /** Another model may have been chosen. */
  modelChanged(): void
}

/** Errors: those of `openMemory`. */
export async function openPageView(host: HTMLElement, hooks: PageHooks): Promise<PageView> {
  const { alerts } = hooks
  const { memory } = await openSomeMemory('playground-page', hashEmbedder())
  const desk = createDesk()
  const root = deskView(desk)
  const sees = seesView(desk.tickets.flatMap(({ hidden }) => hidden))
  const steps = stepsView()
  const learned = learnedView(memory, alerts.error)
  const said = h('p', { class: 'visually-hidden', role: 'status' })
  const panelPlace = h('div', { class: 'panel-place' })
  let running: AbortController | undefined
  let panel: RunPanel | undefined

  const choices = choicesView({ run: () => void run(), setup: () => hooks.setup() })
  const reset = h('button', { type: 'button', class: 'small', on: { click: () => running ?? desk.reset() } }, 'Reset the desk')
  const look = lookAt(root, () => running !== undefined, sees.show)
  desk.subscribe(look)
  root.addEventListener('input', look)

  const run = async (): Promise<void> => {
    if (running) return
    running = new AbortController()
    const { signal } = running
    const { task, decider } = choices.read()
    const view = startRun(task.goal)
    alerts.clear()
    choices.enable(false)
    panel?.close()
    panel = runPanel({ onStop: () => running?.abort(), container: panelPlace })
    setText(said, 'The agent works.')
    const confirm = confirmDialog({ signal })
    try {
      await runTask({
        task,
        decider,
        model: hooks.model()?.model ?? null,
        memory,
        desk,
        root,
        signal,
        confirm: async (request, context) => {
          const answer = await confirm(request, context)
          applyAnswer(view, answer)
          steps.sync(view)
          return answer
        },
        onEvent: (event) => show(view, event),
      })
    } catch (error) {
      const stopped = (signal.aborted && isRepriseError(error, 'aborted')) || isRepriseError(error, 'approval-denied')
      applyFailure(view, stopped)
      if (!stopped) panel.close()
      if (!stopped) alerts.error(error, 'Run')
    } finally {
      running = undefined
      ended(view)
    }
  }
  const show = (view: RunView, event: AgentEvent): void => {
    panel?.show(event)
    applyEvent(view, event)
    steps.sync(view)
    if (view.snapshot) sees.show(view.snapshot)
  }
  const ended = (view: RunView): void => {
    steps.sync(view)
    learned.refresh()
    choices.enable(true)
    look()
    setText(said, ENDED[view.state])
    // What the agent typed into has the focus, and the person wants it back.
    if (root.contains(document.activeElement) || document.activeElement === document.body) choices.run.focus({ preventScroll: true })
  }
  const offer = (): void => choices.offer(hooks.model()?.name ?? null)
  // While the agent moves the focus about, this is the way to stop it by keyboard.
  addEventListener('keydown', ({ key, isTrusted, defaultPrevented }) => {
    if (key === 'Escape' && isTrusted && !defaultPrevented) running?.abort()
  })

  offer()
  host.replaceChildren(
    introView(),
    h('section', { class: 'card page-run', id: 'page-run', 'aria-label': 'Controls', tabindex: -1 }, choices.element, panelPlace, said),
    h(
      'div',
      { class: 'grid page-grid' },
      h(
        'section',
        { class: 'card', 'aria-labelledby': 'desk-title' },
        h('div', { class: 'heading' }, h('h2', { id: 'desk-title' }, 'Practice page'), reset),
        h('p', { class: 'note' }, 'The agent reaches what is inside the frame and nothing else. Use it yourself if you like.'),
        root,
      ),
      sees.element,
      steps.element,
      learned.element,
    ),
    aboutView(),
  )
  look()
  return { modelChanged: offer }
}

const ENDED: Record<RunView['state'], string> = {
  running: '',
  success: 'The agent is done.',
  failure: 'The agent has ended without success.',
  stopped: 'The agent was stopped.',
  broken: 'The run broke off.',
}

const LOOK_MS = 150

/** Shows what an agent would see, a little after each change, as long as none is at work: one that is tells what it sees itself. */
function lookAt(root: Element, busy: () => boolean, show: (snapshot: string) => void): () => void {
  const environment = pageEnvironment({ root, keep: false })
  let due: ReturnType<typeof setTimeout> | undefined
  const look = async (): Promise<void> => {
    const snapshot = await environment.reset('look', { signal: AbortSignal.timeout(10_000) })
    if (!busy()) show(snapshot)
  }
  return () => {
    clearTimeout(due)
    due = setTimeout(() => void (busy() || look().catch(() => {})), LOOK_MS)
  }
}
