/** What happened in one run in the practice page, folded from the agent's events and the person's answers. */
import type { AgentEvent, Approval, ApprovalRequest } from 'reprise'

export interface RunView {
  goal: string
  plan: string
  steps: StepView[]
  /** What the agent sees now. */
  snapshot: string
  state: 'running' | 'success' | 'failure' | 'stopped' | 'broken'
  /** What became of it in the memory. */
  kept: 'no' | 'in use' | 'waiting'
  /** Memories that it read, each counted once. */
  read: Set<string>
}

export interface StepView {
  thinks: string
  does: string
  /** What the action's reference stood for, e.g. `button "Send reply"`; empty where it named none. */
  on: string
  asked: { request: ApprovalRequest; answer: Approval | null }[]
  /** What the agent was told came of it, without the page below. */
  told: string
}

export function startRun(goal: string): RunView {
  return { goal, plan: '', steps: [], snapshot: '', state: 'running', kept: 'no', read: new Set() }
}

/** Brings `run` up to date, in place. */
export function applyEvent(run: RunView, event: AgentEvent): void {
  switch (event.type) {
    case 'episode-start':
      run.snapshot = event.observation
      break
    case 'planned':
      run.plan = event.plan
      break
    case 'retrieved':
      for (const { trajectoryId } of event.exemplars) run.read.add(trajectoryId)
      break
    case 'reasoned':
      stepAt(run, event.step).thinks = event.reasoning
      break
    case 'acted':
      Object.assign(stepAt(run, event.step), { does: event.action, on: referredTo(event.action, run.snapshot) })
      break
    case 'approval-needed':
      stepAt(run, event.step).asked.push({ request: event.request, answer: null })
      break
    case 'observed':
      Object.assign(stepAt(run, event.step), { told: noteOf(event.observation) })
      run.snapshot = event.observation
      break
    case 'episode-end':
      run.state = event.trajectory.success ? 'success' : 'failure'
      run.kept = !event.stored ? 'no' : event.quarantined ? 'waiting' : 'in use'
      break
    case 'text':
    case 'usage':
    case 'warning':
      break
  }
}

/** The person has answered the last question. */
export function applyAnswer(run: RunView, answer: Approval): void {
  const asked = run.steps.flatMap((step) => step.asked).at(-1)
  if (asked) asked.answer = answer
}

/** The run ended without an end event. */
export function applyFailure(run: RunView, stopped: boolean): void {
  run.state = stopped ? 'stopped' : 'broken'
}

function stepAt({ steps }: RunView, index: number): StepView {
  return (steps[index] ??= { thinks: '', does: '', on: '', asked: [], told: '' })
}

function referredTo(action: string, snapshot: string): string {
  const [, ref] = /"ref":\s*"(e\d+)"/.exec(action) ?? []
  return (ref && new RegExp(`\\[${ref}\\] ([a-z]+ "[^"]*")`).exec(snapshot)?.[1]) ?? ''
}

/** Above the page stands a paragraph on what was done. */
function noteOf(observation: string): string {
  const [note = ''] = observation.split('\n\n', 1)
  return note.startsWith('Page: ') ? '' : note
}
