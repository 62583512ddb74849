/** What a memory says of itself, in words. */
import type { Phase } from 'reprise'
import { bytes, percent, plural, score } from '../format.ts'
import type { Feedback, ImportProgress, ImportResult, MemoryEvent, Stats, Status, Summary } from './memory-types.ts'

/** A word for a chip, and a sentence that says why. */
export const STATUS: Record<Status, { word: string; why: string }> = {
  active: { word: 'in use', why: 'Read before decisions, where it fits.' },
  quarantined: { word: 'waiting', why: 'Imported, or known to be a success by the agent’s own word alone. Not read before you accept it.' },
  pruned: { word: 'pruned', why: 'Not read any more: few episodes that read it succeeded.' },
  retired: { word: 'retired', why: 'Not read any more: feedback said that it did harm.' },
  superseded: { word: 'replaced', why: 'Not read any more: a newer one took its place.' },
  failed: { word: 'failed', why: 'Never read: it did not solve its goal.' },
}

/** Facts for the figures above the table: few, short, and of the same number always. */
export function figuresOf({ count, retrievable, bytes: kinds, index, storage }: Stats): [name: string, value: string][] {
  return [
    ['Stored', count.toLocaleString()],
    ['In use', retrievable.toLocaleString()],
    ['Not in use', Math.max(0, count - retrievable).toLocaleString()],
    ['Size', bytes(kinds.trajectories + kinds.vectors + kinds.index)],
    ['Search', SEARCH[index.kind]],
    ['Kept', storage.kind === 'memory' ? 'until reload' : storage.persisted ? 'persisted' : 'as long as the browser has room'],
  ]
}

const SEARCH: Record<Stats['index']['kind'], string> = { exact: 'exact', hnsw: 'by graph (HNSW)' }

/** The rest, for whoever wants to know. */
export function factsOf({ bytes: kinds, index, embedder, storage, corrupt }: Stats): [name: string, value: string][] {
  const facts: [string, string][] = [
    ['Search', `${SEARCH[index.kind]}: ${index.reason}`],
    ['Embedder', `${embedder.id}, ${embedder.dimensions} numbers per text`],
    ['Size by kind', `episodes ${bytes(kinds.trajectories)}, vectors ${bytes(kinds.vectors)}, search index ${bytes(kinds.index)}`],
    ['Kept when space runs out', persistenceText(storage)],
  ]
  if (storage.usage !== undefined && storage.quota !== undefined)
    facts.push(['This site’s storage', `${bytes(storage.usage)} of ${bytes(storage.quota)} that the browser allows`])
  if (corrupt.length > 0) facts.push(['Damaged and left out', corrupt.map(({ id, message }) => `${id}: ${message}`).join(' ')])
  return facts
}

function persistenceText({ kind, persisted, persistence }: Stats['storage']): string {
  if (kind === 'memory') return 'no: nothing is kept beyond this page'
  if (persisted || persistence === 'granted') return 'yes, the browser promised'
  if (persistence === 'refused') return 'not promised: the browser was asked and refused'
  return persistence === 'unavailable'
    ? 'not promised: this browser cannot be asked'
    : 'not promised yet: it is asked when something is stored'
}

/** What the memory is busy with; empty when with nothing. */
export function busyText({ loading, rebuilding }: Pick<Stats, 'loading' | 'rebuilding'>): string {
  const tail = 'What is done already can be found.'
  if (rebuilding) return `Making vectors again: ${ofText(rebuilding)}. ${tail}`
  return loading ? `Reading what was stored: ${ofText(loading)}. ${tail}` : ''
}

function ofText({ done, total }: { done: number; total: number }): string {
  return `${done.toLocaleString()} of ${total.toLocaleString()}`
}

/** What a person should hear of an event; `null` for what the page shows by itself. */
export function noticeOf(event: MemoryEvent): { title: string; text: string } | null {
  switch (event.type) {
    case 'evicted':
      return { title: 'The memory was full', text: `Deleted to make room: ${plural(event.ids.length, 'episode')} of the lowest utility.` }
    case 'recovered':
      return { title: 'The memory was interrupted and goes on', text: event.message }
    case 'warning':
      return { title: 'Something in the memory did not work', text: event.message }
    case 'changed':
    case 'rebuilding':
    case 'index':
      return null
  }
}

/** `It helped: “…”` */
export function verdictOf({ value, note }: Pick<Feedback, 'value' | 'note'>): string {
  const said = value > 0 ? 'It helped' : value < 0 ? 'It did harm' : 'No difference'
  const weight = Math.abs(value) === 1 || value === 0 ? '' : ` (${score(value)})`
  return `${said}${weight}${note ? `: “${note}”` : ''}`
}

const PHASES: readonly (readonly [Phase, string])[] = [
  ['plan', 'planning'],
  ['reason', 'thinking'],
  ['act', 'acting'],
]

/** `in 4 prompts (1 planning, 3 acting), 25 % of all it was shown` */
export function promptsText({ prompts, share }: Pick<Summary, 'prompts' | 'share'>): string {
  const parts = PHASES.flatMap(([phase, word]) => (prompts[phase] ? [`${prompts[phase]} ${word}`] : []))
  const count = Object.values(prompts).reduce((sum, one) => sum + one, 0)
  return `In ${plural(count, 'prompt')} (${parts.join(', ')}), ${percent(share)} of all that the episode was shown.`
}

/** `Best fit: acting, after 2 steps, score 1.31` */
export function bestText({ phase, step, score: value }: Summary['best']): string {
  const [, word] = PHASES.find(([known]) => known === phase) ?? [phase, phase]
  const when = phase === 'plan' ? '' : step === 0 ? ', before the first step' : `, after ${plural(step, 'step')}`
  return `Best fit: ${word}${when}${value === undefined ? '' : `, score ${score(value)}`}`
}

export function progressText({ lines, imported, skipped, invalid }: ImportProgress): string {
  if (lines === 0) return 'Reading …'
  const parts = [`${imported.toLocaleString()} imported`]
  if (skipped > 0) parts.push(`${skipped.toLocaleString()} stored already`)
  if (invalid > 0) parts.push(`${invalid.toLocaleString()} unusable`)
  return `Looked at ${lines.toLocaleString()}: ${parts.join(', ')}.`
}

/** One or two sentences: what came in, and whether the file was whole. */
export function resultText({ imported, skipped, invalid, checksum }: ImportResult): string {
  const parts = [imported === 0 ? 'Nothing new was imported.' : `${plural(imported, 'episode')} imported.`]
  if (skipped > 0)
    parts.push(
      `${skipped.toLocaleString()} ${skipped === 1 ? 'was' : 'were'} stored already and left as ${skipped === 1 ? 'it is' : 'they are'}.`,
    )
  if (invalid > 0) parts.push(`${invalid.toLocaleString()} could not be used.`)
  parts.push(CHECKSUM[checksum])
  return parts.join(' ')
}

const CHECKSUM: Record<ImportResult['checksum'], string> = {
  ok: 'The checksum is right: all is as it was exported.',
  missing: 'There was no checksum to tell whether all of it is here.',
  mismatch: 'The checksum is wrong: something was changed or lost since the export. Look before you accept.',
}
