/** Reads a prompt of the embedded model back into the situation that it came from. Written apart from the format under test. */
import type { Situation } from '../../src/core/policy.ts'
import type { Exemplar, Phase, Step } from '../../src/core/trajectory.ts'

export function parsePrompt(prompt: string): { phase: Phase; situation: Situation } {
  const episodes = prompt.split(/(?=goal: )/).map((text) => segmentsOf(text.trim()))
  const current = episodes.pop() ?? []
  const asked = current.at(-1)?.marker
  const values = (marker: string): string[] => current.filter((segment) => segment.marker === marker).map(({ value }) => value)
  const observations = values('see')
  return {
    phase: asked === 'plan' ? 'plan' : asked === 'think' ? 'reason' : 'act',
    situation: situationOf({
      goal: values('goal')[0] ?? '',
      plan: values('plan')[0] ?? '',
      observation: observations.at(-1) ?? '',
      reasoning: asked === 'do' ? (values('think').at(-1) ?? '') : '',
      history: stepsOf(current).slice(0, Math.max(0, observations.length - 1)),
      exemplars: episodes.reverse().map(exemplarOf),
    }),
  }
}

export function situationOf(given: Partial<Situation>): Situation {
  const empty = { goal: '', plan: '', history: [], observation: '', reasoning: '', exemplars: [], guidance: '' }
  return { ...empty, signal: new AbortController().signal, ...given }
}

export function exemplar(given: Partial<Exemplar>): Exemplar {
  const empty = { trajectoryId: 'a', goal: '', plan: '', steps: [], stepIndex: null, outcome: null }
  return { ...empty, createdAt: '2026-01-01T00:00:00Z', score: 1, scores: { goal: 1 }, ...given }
}

interface Segment {
  marker: string
  value: string
}

function segmentsOf(text: string): Segment[] {
  return Array.from(text.matchAll(/(goal|plan|see|think|do): ?(.*?)(?: ;|$)/g), ([, marker = '', value = '']) => ({ marker, value }))
}

function stepsOf(segments: readonly Segment[]): Step[] {
  const pick = (marker: string): string[] => segments.filter((segment) => segment.marker === marker).map(({ value }) => value)
  const [observations, thoughts, actions] = [pick('see'), pick('think'), pick('do')]
  return actions.map((action, i) => ({ observation: observations[i] ?? '', reasoning: thoughts[i] ?? '', action }))
}

function exemplarOf(segments: Segment[], index: number): Exemplar {
  return exemplar({
    trajectoryId: `example-${index}`,
    goal: segments[0]?.value ?? '',
    plan: segments[1]?.value ?? '',
    steps: stepsOf(segments),
    outcome: segments.at(-1)?.marker === 'see' ? (segments.at(-1)?.value ?? null) : null,
  })
}
