/** Episodes as the page shows them, folded from the agent's events. */
import type { AgentEvent, Exemplar, ModelCall, Phase } from 'reprise'
import type { Problem } from '../advice.ts'

/** One of an episode's decisions: what was retrieved for it, and what came out. */
export interface DecisionView {
  phase: Phase
  step: number
  exemplars: readonly Exemplar[]
  /** Ids of the trajectories that really stood in the prompt. */
  shown: readonly string[]
  /** What the model has said so far. */
  text: string
  settled: boolean
}

export interface EpisodeView {
  id: string
  /** 1 for the first. */
  number: number
  side: Side
  goal: string
  decisions: DecisionView[]
  /** What was seen before each step, and at the end. */
  observations: string[]
  /** `stopped` by the person, `broken` by an error. */
  state: 'running' | 'success' | 'failure' | 'stopped' | 'broken'
  stored: boolean
  /** How many trajectories this episode's outcome took out of retrieval. */
  pruned: number
  /** Of the model, so far. */
  calls: number
  tokens: number
  /** Absent where nothing tells what a call cost. */
  costUSD: number | undefined
  warnings: string[]
  problem: Problem | null
}

/** What an episode was run for. */
export type Side = 'training' | 'with memory' | 'without memory'

export function startEpisode(id: string, setup: Pick<EpisodeView, 'number' | 'side' | 'goal'>): EpisodeView {
  const taken = { calls: 0, tokens: 0, costUSD: 0 }
  return {
    id,
    ...setup,
    ...taken,
    decisions: [],
    observations: [],
    state: 'running',
    stored: false,
    pruned: 0,
    warnings: [],
    problem: null,
  }
}

/** Brings `view` up to date, in place. */
export function applyEvent(view: EpisodeView, event: AgentEvent): void {
  switch (event.type) {
    case 'episode-start':
      view.observations.push(event.observation)
      break
    case 'retrieved':
      decisionAt(view, event.phase, event.step).exemplars = event.exemplars
      break
    case 'text':
      decisionAt(view, event.phase, event.step).text += event.delta
      break
    case 'planned':
      settle(decisionAt(view, 'plan', 0), event.plan, event.shown)
      break
    case 'reasoned':
      settle(decisionAt(view, 'reason', event.step), event.reasoning, event.shown)
      break
    case 'acted':
      settle(decisionAt(view, 'act', event.step), event.action, event.shown)
      break
    case 'observed':
      view.observations.push(event.observation)
      break
    case 'warning':
      if (!view.warnings.includes(event.message)) view.warnings.push(event.message)
      break
    case 'episode-end':
      view.state = event.trajectory.success ? 'success' : 'failure'
      view.stored = event.stored
      view.pruned = event.pruned.length
      break
    case 'usage':
      count(view, event.calls)
      break
    case 'approval-needed':
      break
  }
}

function count(view: EpisodeView, calls: readonly ModelCall[]): void {
  for (const { usage } of calls) {
    view.calls++
    view.tokens += usage.inputTokens + usage.outputTokens
    view.costUSD = view.costUSD === undefined || usage.costUSD === undefined ? undefined : view.costUSD + usage.costUSD
  }
}

/** How many actions were taken. */
export function stepsOf(view: EpisodeView): number {
  return Math.max(0, view.observations.length - 1)
}

function decisionAt(view: EpisodeView, phase: Phase, step: number): DecisionView {
  const known = view.decisions.findLast((decision) => decision.phase === phase && decision.step === step)
  if (known) return known
  const fresh: DecisionView = { phase, step, exemplars: [], shown: [], text: '', settled: false }
  view.decisions.push(fresh)
  return fresh
}

function settle(decision: DecisionView, text: string, shown: readonly string[]): void {
  Object.assign(decision, { text, shown, settled: true })
}
