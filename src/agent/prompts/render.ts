/** Exemplars and history as text, within a number of characters. */
import type { Exemplar, Step } from '../../core/trajectory.ts'
import { shorten } from '../../security/fence.ts'

/**
 * All exemplars, from the least to the best fitting, so that the best stands nearest to the question.
 * Over `maxCharacters` each is shortened, first its long texts, then the steps far from the best one: none is dropped.
 */
export function renderExemplars(exemplars: readonly Exemplar[], maxCharacters: number): string {
  const ordered = exemplars.toReversed()
  let text = ''
  for (const size of SIZES) {
    text = ordered.map((exemplar, i) => renderExemplar(exemplar, i + 1, size)).join('\n\n')
    if (text.length <= maxCharacters) return text
  }
  return text
}

/** The latest steps whole; the older ones give way, and a line says how many did. */
export function renderHistory(history: readonly Step[], maxCharacters: number): string {
  const lines: string[] = []
  let room = maxCharacters
  for (let i = history.length - 1; i >= 0; i--) {
    const line = renderStep(history[i] as Step, lines.length === 0 ? maxCharacters / 2 : maxCharacters / 4)
    if (line.length > room && lines.length > 0) return [`(${i + 1} earlier steps left out)`, ...lines].join('\n')
    room -= line.length
    lines.unshift(line)
  }
  return lines.join('\n')
}

interface Size {
  /** Characters per text. */
  text: number
  /** Steps on either side of the best one. */
  window: number
}

const SIZES: readonly Size[] = [
  { text: Infinity, window: Infinity },
  { text: 2000, window: Infinity },
  { text: 1000, window: Infinity },
  { text: 500, window: Infinity },
  { text: 250, window: Infinity },
  { text: 120, window: 5 },
  { text: 120, window: 2 },
  { text: 60, window: 1 },
  { text: 60, window: 0 },
  { text: 24, window: 0 },
]

function renderExemplar(exemplar: Exemplar, number: number, size: Size): string {
  const best = exemplar.stepIndex ?? 0
  const last = exemplar.steps.length - 1
  const from = Math.max(0, best - size.window)
  const to = Math.min(last, best + size.window)
  return [
    `Example ${number}`,
    `Goal: ${shorten(exemplar.goal, size.text)}`,
    `Plan: ${shorten(exemplar.plan, size.text)}`,
    ...exemplar.steps.slice(from, to + 1).map((step) => renderStep(step, size.text)),
    ...(exemplar.outcome !== null && to === last ? [`Outcome: ${shorten(exemplar.outcome, size.text)}`] : []),
  ].join('\n')
}

function renderStep(step: Step, maxCharacters: number): string {
  return [
    `Observation: ${shorten(step.observation, maxCharacters)}`,
    `Reasoning: ${shorten(step.reasoning, maxCharacters)}`,
    `Action: ${shorten(step.action, maxCharacters)}`,
  ].join('\n')
}
