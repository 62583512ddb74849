/** Events of keys. */
import type { Hand } from './hand.ts'
import type { Chord } from './keys.ts'
import { heldKeys } from './keys.ts'

/** False where the page prevented it. */
export function sendKey(target: Element, type: 'keydown' | 'keypress' | 'keyup', chord: Chord, hand: Hand): boolean {
  const charCode = type === 'keypress' ? (chord.key === 'Enter' ? 13 : (chord.key.codePointAt(0) ?? 0)) : 0
  const keyCode = charCode || chord.keyCode
  const init = { ...chord, keyCode, charCode, which: keyCode, bubbles: true, cancelable: true, composed: true, view: hand.view }
  return hand.send(target, new hand.view.KeyboardEvent(type, init))
}

/** Presses or releases the modifiers of a chord, in the order of a hand. */
export function sendModifiers(target: () => Element, type: 'keydown' | 'keyup', chord: Chord, hand: Hand): void {
  const keys = heldKeys(chord)
  for (const key of type === 'keydown' ? keys : keys.reverse()) {
    const code = `${key}Left`
    sendKey(target(), type, { ...NONE, key, code, keyCode: MODIFIER_CODES[key] ?? 0 }, hand)
  }
}

const NONE = { ctrlKey: false, shiftKey: false, altKey: false, metaKey: false }
const MODIFIER_CODES: Readonly<Record<string, number>> = { Shift: 16, Control: 17, Alt: 18, Meta: 91 }
