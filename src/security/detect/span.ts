/** What detectors find in a text. */

/** A part of a text, from `start` up to `end`, and what stands there. */
export interface Span {
  start: number
  end: number
  kind: SecretKind
}

/** Finds what must not be shown. Takes time in proportion to the text, whatever the text is. */
export type Detector = (text: string) => Iterable<Span>

/** What takes the place of a secret. */
export const PLACEHOLDERS = {
  password: '[password]',
  card: '[card number]',
  'one-time-code': '[one-time code]',
  token: '[token]',
  secret: '[secret]',
  pattern: '[redacted]',
} as const

export type SecretKind = keyof typeof PLACEHOLDERS

/** Stands in the place of placeholders while a text is searched: no detector takes it for part of anything, and none looks past it. */
export const BARRIER = '\ufffc'

/** The same in the place of a one-time code: a word beside it has found its code. */
export const FOUND_CODE = '\ufffb'
