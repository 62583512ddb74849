/** Exemplars and history as text, within a number of characters. */
import type { Exemplar, Step } from '../../core/trajectory.ts'
import { shorten } from '../../security/fence.ts'

/**
 * All exemplars, from the least to the best fitting, so that the best stands nearest to the question.
 * Over `maxCharacters` each is shortened, first its long texts, then the steps far from the best one: none is dropped.
 */
export function renderExemplars(exemplars: readonly Exemplar[], maxCharacters: number): string {
  const ordered = exemplars.toReversed()
  for (const size of SIZES) {
    const text = ordered.map((exemplar, i) => renderExemplar(exemplar, i + 1, size)).join('\n\n')
    if (text.length <= maxCharacters) return text
  }
  const share = Math.floor(maxCharacters / exemplars.length) - 2
  const smallest = SIZES.at(-1) as Size
  return ordered.map((exemplar, i) => shorten(renderExemplar(exemplar, i + 1, smallest), share)).join('\n\n')
}

/** The latest steps, at most `maxCharacters` together; the older ones give way, and a line says how many did. */
export function renderHistory(history: readonly Step[], maxCharacters: number): string {
  const perText = Math.floor((maxCharacters - LABELS) / 3)
  const lines: string[] = []
  let room = maxCharacters - COUNT_LINE
  for (let i = history.length - 1; i >= 0; i--) {
    // The newest step may take all the room, an older one a quarter of it.
    const line = renderStep(history[i] as Step, lines.length === 0 ? perText : perText / 4)
    if (lines.length > 0 && line.length > room) return [`(${i + 1} earlier steps left out)`, ...lines].join('\n')
    room -= line.length + 1
    lines.unshift(line)
  }
  return lines.join('\n')
}

/** Characters of the line that counts what was left out. */
const COUNT_LINE = 40
/** The same, and those of a step's labels and line breaks. */
const LABELS = COUNT_LINE + 40

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
    `Goal: ${inline(exemplar.goal, size.text)}`,
    `Plan: ${inline(exemplar.plan, size.text)}`,
    ...exemplar.steps.slice(from, to + 1).map((step) => renderStep(step, size.text)),
    ...(exemplar.outcome !== null && to === last ? [`Outcome: ${inline(exemplar.outcome, size.text)}`] : []),
  ].join('\n')
}

function renderStep(step: Step, maxCharacters: number): string {
  return [
    `Observation: ${inline(step.observation, maxCharacters)}`,
    `Reasoning: ${inline(step.reasoning, maxCharacters)}`,
    `Action: ${inline(step.action, maxCharacters)}`,
  ].join('\n')
}

/** A value whose further lines are indented, so that no text can pass for a step or an example of its own. */
function inline(text: string, maxCharacters: number): string {
  return shorten(text.replaceAll('\n', '\n  '), maxCharacters)
}
