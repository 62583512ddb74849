/** Small marks: what became of a stored episode, and how alike two texts are. */
import { h } from '../dom.ts'
import { score } from '../format.ts'
import { STATUS } from '../state/memory-words.ts'
import type { Field, Status } from '../state/memory-types.ts'

const FIELDS: readonly Field[] = ['goal', 'plan', 'observation', 'reasoning']

/** A word, and at its hover the sentence that explains it. */
export function statusChip(status: Status): HTMLElement {
  return h('span', { class: `chip ${status}`, title: STATUS[status].why }, STATUS[status].word)
}

/** Each similarity as a number, and as a bar of that length. */
export function scoreList(scores: Partial<Record<Field, number>>): HTMLElement {
  const fields = FIELDS.flatMap((field) => (scores[field] === undefined ? [] : [scoreOf(field, scores[field])]))
  return h('dl', { class: 'scores' }, ...fields)
}

function scoreOf(field: Field, value: number): HTMLElement {
  const bar = h('i')
  bar.style.width = `${Math.max(0, Math.min(1, value)) * 100}%`
  return h('div', {}, h('dt', {}, field), h('dd', {}, score(value)), h('span', { class: 'bar', 'aria-hidden': 'true' }, bar))
}
