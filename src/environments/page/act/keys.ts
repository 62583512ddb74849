/** Keys as a model writes them: `Enter`, `Control+Shift+a`. */
import { quote } from '../../tool-call.ts'

export interface Chord {
  /** As in `KeyboardEvent.key`. */
  key: string
  /** As in `KeyboardEvent.code`, of a US keyboard; empty where it has no such key. */
  code: string
  /** The outdated `keyCode`, which old pages still read. */
  keyCode: number
  ctrlKey: boolean
  shiftKey: boolean
  altKey: boolean
  metaKey: boolean
}

export type ParsedKey = { ok: true; chord: Chord } | { ok: false; problem: string }

export function parseKey(text: string): ParsedKey {
  const parts =
    text === ' '
      ? [' ']
      : text
          .trim()
          .replace(/(^|\+)\+$/, '$1Plus')
          .split('+')
  const last = parts.pop() ?? ''
  const held = parts.map((part) => MODIFIERS.get(part.trim().toLowerCase()))
  const key = keyNamed(last)
  if (key === null || held.includes(undefined))
    return {
      ok: false,
      problem: `There is no key ${quote(text)}. Keys are single characters and ${[...NAMED.values()].slice(0, 14).join(', ')}, alone or as Control+a.`,
    }
  return { ok: true, chord: chordOf(key, new Set(held as string[])) }
}

/** As everybody else writes it: `ctrl+Return` is `Control+Enter`. What is no key stays as it is. */
export function canonicalKey(text: string): string {
  const parsed = parseKey(text)
  if (!parsed.ok) return text
  const { chord } = parsed
  return [...heldKeys(chord), chord.key === ' ' ? 'Space' : chord.key].join('+')
}

/** A key without modifiers, or with Shift where a capital needs it. */
export function chordOf(key: string, held: ReadonlySet<string> = new Set()): Chord {
  const capital = key.length === 1 && key !== key.toLowerCase()
  return {
    key,
    code: codeOf(key),
    keyCode: KEY_CODES.get(key) ?? (/^[a-z0-9 ]$/i.test(key) ? key.toUpperCase().charCodeAt(0) : 0),
    ctrlKey: held.has('Control'),
    shiftKey: held.has('Shift') || capital,
    altKey: held.has('Alt'),
    metaKey: held.has('Meta'),
  }
}

/** Writes a character where it is pressed in a field. */
export function isPrintable({ key, ctrlKey, altKey, metaKey }: Chord): boolean {
  return Array.from(key).length === 1 && !ctrlKey && !altKey && !metaKey
}

export function heldKeys({ ctrlKey, shiftKey, altKey, metaKey, key }: Chord): string[] {
  const all: [boolean, string][] = [
    [ctrlKey, 'Control'],
    [altKey, 'Alt'],
    [metaKey, 'Meta'],
    [shiftKey, 'Shift'],
  ]
  return all.filter(([held, name]) => held && name !== key).map(([, name]) => name)
}

const MODIFIERS: ReadonlyMap<string, string> = new Map([
  ['control', 'Control'],
  ['ctrl', 'Control'],
  ['shift', 'Shift'],
  ['alt', 'Alt'],
  ['option', 'Alt'],
  ['meta', 'Meta'],
  ['cmd', 'Meta'],
  ['command', 'Meta'],
  ['win', 'Meta'],
])

const NAMED: ReadonlyMap<string, string> = new Map(
  (
    'Enter Escape Tab Space Backspace Delete ArrowUp ArrowDown ArrowLeft ArrowRight Home End PageUp PageDown Insert ContextMenu ' +
    'F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12 Shift Control Alt Meta'
  )
    .split(' ')
    .map((name) => [name.toLowerCase(), name]),
)

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['return', 'Enter'],
  ['esc', 'Escape'],
  ['spacebar', ' '],
  ['space', ' '],
  ['del', 'Delete'],
  ['up', 'ArrowUp'],
  ['down', 'ArrowDown'],
  ['left', 'ArrowLeft'],
  ['right', 'ArrowRight'],
  ['pgup', 'PageUp'],
  ['pgdn', 'PageDown'],
  ['plus', '+'],
])

const KEY_CODES: ReadonlyMap<string, number> = new Map([
  ['Enter', 13],
  ['Escape', 27],
  ['Tab', 9],
  ['Backspace', 8],
  ['Delete', 46],
  ['ArrowLeft', 37],
  ['ArrowUp', 38],
  ['ArrowRight', 39],
  ['ArrowDown', 40],
  ['Home', 36],
  ['End', 35],
  ['PageUp', 33],
  ['PageDown', 34],
  ['Shift', 16],
  ['Control', 17],
  ['Alt', 18],
  ['Meta', 91],
])

function keyNamed(written: string): string | null {
  if (Array.from(written).length === 1) return written
  const name = written.trim().toLowerCase()
  return ALIASES.get(name) ?? NAMED.get(name) ?? null
}

function codeOf(key: string): string {
  if (/^[a-z]$/i.test(key)) return `Key${key.toUpperCase()}`
  if (/^\d$/.test(key)) return `Digit${key}`
  if (key === ' ') return 'Space'
  return key.length > 1 ? (['Shift', 'Control', 'Alt', 'Meta'].includes(key) ? `${key}Left` : key) : ''
}
