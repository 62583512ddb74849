/** Numbers as people read them. */
import type { Share } from './stats.ts'

const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const

/** `0.9 MB`; powers of 1000, as in the sizes that download pages print. */
export function bytes(count: number): string {
  const power = count < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(count) / 3))
  const value = count / 1000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`
}

/** `85 %` */
export function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`
}

/** `85 % [64–95]`, or a dash where nothing was tried. */
export function shareText({ rate, low, high, count }: Share): string {
  return count === 0 ? '–' : `${percent(rate)} [${Math.round(low * 100)}–${Math.round(high * 100)}]`
}

/** `p = 0.031`, `p < 0.001` */
export function chance(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`
}

/** Similarities and scores: two decimals, a real minus sign. */
export function score(value: number): string {
  return value.toFixed(2).replace('-', '−')
}

export function dateTime(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return iso
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}

/** `1 step`, `3 steps` */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString()} ${noun}${count === 1 ? '' : 's'}`
}

/** `$0.0123`, two digits that say something. */
export function dollars(amount: number): string {
  return `$${amount >= 1 ? amount.toFixed(2) : Number(amount.toPrecision(2))}`
}
