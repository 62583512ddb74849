/** What a key does where it neither follows a link nor sends a form. */
import type { Classified } from './classify.ts'
import type { ElementFacts } from './element-facts.ts'

/** @param activated what a click would do: Enter and Space do the same to what has no text. */
export function keyEffect({ key, editable, tag, type, role }: ElementFacts, activated: () => Classified): Classified {
  const { modifiers, name } = chordOf(key ?? '')
  const commands = modifiers.some((modifier) => modifier !== 'Shift')
  const choosing = tag === 'select' || CHOOSING.has(role ?? '') || (tag === 'input' && CHOOSING_TYPES.has(type ?? ''))
  if (commands)
    return editable && /^(?:Control|Meta)$/.test(modifiers.join()) && /^[ac]$/i.test(name)
      ? of('read')
      : unknown('what this combination of keys does is up to the page')
  if (name === 'Enter' || name === ' ' || name === 'Space') {
    if (!editable) return activated()
    return name !== 'Enter' || modifiers.includes('Shift') ? of('fill') : unknown('pressing Enter here may send what was written')
  }
  if (MOVING.has(name)) return choosing && /^(?:Arrow|Home|End|Page)/.test(name) ? of('fill') : of('read')
  if (editable && (name === 'Backspace' || name === 'Delete' || /^.$/su.test(name))) return of('fill')
  return unknown('the key is pressed outside of a field, and what it does is up to the page')
}

/** `Control++` is Control and a plus. */
function chordOf(chord: string): { modifiers: string[]; name: string } {
  const at = chord.lastIndexOf('+', chord.length - 2)
  const name = at > 0 ? chord.slice(at + 1) : chord
  return { modifiers: at > 0 ? chord.slice(0, at).split('+') : [], name }
}

function of(effect: 'read' | 'fill'): Classified {
  return { effect, reasons: [] }
}

function unknown(reason: string): Classified {
  return { effect: 'destructive', reasons: [reason] }
}

const MOVING: ReadonlySet<string> = new Set(
  'Tab Escape ArrowUp ArrowDown ArrowLeft ArrowRight Home End PageUp PageDown Shift Control Alt Meta'.split(' '),
)
const CHOOSING: ReadonlySet<string> = new Set('listbox radio slider spinbutton combobox option'.split(' '))
const CHOOSING_TYPES: ReadonlySet<string> = new Set('radio range number date month week time datetime-local'.split(' '))
