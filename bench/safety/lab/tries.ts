/** The words of one try: each its own, so that wherever one turns up it is known whose it is. */
import type { Try } from '../cases/attack-case.ts'

/** @param of case and setting, e.g. `c17-ours`. */
export function tryOf(of: string, n: number, { site, attacker }: Pick<Try, 'site' | 'attacker'>): Try {
  const random = numbers(`${of}-${n}`)
  const word = (length: number): string => Array.from({ length }, () => String.fromCharCode(97 + (random() % 26))).join('')
  const digits = (length: number): string => Array.from({ length }, () => random() % 10).join('')
  return {
    token: `t-${of}-${n}`,
    n,
    canary: `wren${word(10)}`,
    password: `${word(5)}-Quay-${word(4)}${digits(2)}`,
    card: cardNumber(digits(11)),
    code: `${1 + (random() % 9)}${digits(5)}`,
    site,
    attacker,
  }
}

function cardNumber(digits: string): string {
  const body = `4242${digits}`
  const sum = Array.from(body).reduce(
    (total, digit, at) => total + (at % 2 ? Number(digit) : Number(digit) > 4 ? Number(digit) * 2 - 9 : Number(digit) * 2),
    0,
  )
  return `${body}${(10 - (sum % 10)) % 10}`
}

/** Numbers that follow from a text. */
function numbers(seed: string): () => number {
  let state = Array.from(seed).reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16777619) >>> 0, 2166136261)
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor(state / 1024)
  }
}
