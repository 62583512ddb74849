/** What is new, other or gone since the last view, told in a few lines. */
import type { Line } from './line.ts'
import { shortened } from './plain-text.ts'

/** What is kept of a view to compare the next one with. */
export interface Remembered {
  /** Without fragment. */
  address: string
  /** Nothing is shown but a dialog; what lies behind it has not gone. */
  modal: boolean
  /** How often each line occurs that is no single control. */
  texts: ReadonlyMap<string, number>
  /** Lines of single controls by reference. */
  controls: ReadonlyMap<string, string>
}

const MOST_LINES = 8
const LONGEST = 120

export function remember(lines: readonly Line[], { address, modal }: { address: string; modal: boolean }): Remembered {
  const texts = new Map<string, number>()
  const controls = new Map<string, string>()
  for (const line of lines)
    if (line.ref !== '') controls.set(line.ref, line.text)
    else if (line.kind !== 'landmark') texts.set(line.text, (texts.get(line.text) ?? 0) + 1)
  return { address, modal, texts, controls }
}

/** Marks the lines that changed, and tells them. References of what is gone are left out: they lead nowhere. */
export function tellChanges(lines: readonly Line[], before: Remembered | null, now: Remembered): string[] {
  if (!before) return ['First view of this page.']
  const { fresh, other } = markChanged(lines, before)
  const gone = now.modal ? [] : goneLines(before, now)
  const known = lines.filter(({ kind }) => kind !== 'landmark').length
  const head = before.address === now.address ? 'Changed:' : 'Changed: this is another address.'
  if (fresh.length + other.length + gone.length === 0)
    return [before.address === now.address ? 'Nothing changed since the last view.' : head]
  if (fresh.length > 20 && fresh.length > known * 0.7)
    return [head, `nearly everything: ${fresh.length} lines are new, ${gone.length} are gone`]
  const told = [
    ...fresh.filter(({ kind }) => kind === 'live').map(({ text }) => `new: ${text}`),
    ...other.map(({ text }) => `now: ${text}`),
    ...fresh.filter(({ kind }) => kind !== 'live').map(({ text }) => `new: ${text}`),
    ...gone.map((text) => `gone: ${text.replaceAll(/\[e\d+\] /g, '')}`),
  ]
  const more = told.length - MOST_LINES
  return [
    head,
    ...told.slice(0, MOST_LINES).map((text) => closed(shortened(text, LONGEST))),
    ...(more > 0 ? [`… ${more} more changes`] : []),
  ]
}

function markChanged(lines: readonly Line[], before: Remembered): { fresh: Line[]; other: Line[] } {
  const left = new Map(before.texts)
  const fresh: Line[] = []
  const other: Line[] = []
  for (const line of lines) {
    if (line.kind === 'landmark') continue
    if (line.ref !== '') {
      const text = before.controls.get(line.ref)
      if (text === line.text) continue
      ;(text === undefined ? fresh : other).push(line)
    } else {
      const count = left.get(line.text) ?? 0
      left.set(line.text, count - 1)
      if (count > 0) continue
      fresh.push(line)
    }
    line.changed = true
  }
  return { fresh, other }
}

function goneLines(before: Remembered, now: Remembered): string[] {
  const texts = [...before.texts].filter(([text, count]) => count > (now.texts.get(text) ?? 0)).map(([text]) => text)
  const controls = [...before.controls].filter(([ref]) => !now.controls.has(ref)).map(([, text]) => text)
  return [...texts, ...controls]
}

/** A text that was cut within quotes gets their end. */
export function closed(text: string): string {
  return (text.split('"').length - 1) % 2 === 1 ? `${text}"` : text
}
