/** Which of the recorded requests is most like another one, and where they differ: what a test's author needs to see. */
import { keyOf, type CassetteRequest } from './cassette.ts'

/** One or two sentences; nothing where there is nothing to compare with. */
export function nearest(wanted: CassetteRequest, recorded: readonly CassetteRequest[]): string | undefined {
  const key = keyOf(wanted)
  const likeness = recorded.map((request) => alike(key, keyOf(request)))
  const best = likeness.reduce((most, value, place) => (value > (likeness[most] ?? -1) ? place : most), 0)
  const request = recorded[best]
  const difference = request && differenceOf(request, wanted, [])
  return difference && `The nearest one, request ${best + 1} of ${recorded.length}, differs in ${difference}.`
}

/** Characters that two texts share at their beginnings and ends. */
function alike(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  let front = 0
  while (front < most && a[front] === b[front]) front++
  let back = 0
  while (back < most - front && a.at(-1 - back) === b.at(-1 - back)) back++
  return front + back
}

/** The first place where `now` is something else than `then`. */
function differenceOf(then: unknown, now: unknown, path: readonly string[]): string | undefined {
  if (isObject(then) && isObject(now) && Array.isArray(then) === Array.isArray(now)) {
    const keys = new Set([...Object.keys(then), ...Object.keys(now)])
    for (const key of keys) {
      const found = differenceOf(then[key], now[key], [...path, key])
      if (found !== undefined) return found
    }
    return undefined
  }
  if (Object.is(then, now)) return undefined
  const at = typeof then === 'string' && typeof now === 'string' ? firstDifference(then, now) : 0
  const place = at > 0 ? `, from character ${at + 1} on` : ''
  return `${path.join('.')}${place}: recorded ${excerpt(then, at)}, asked ${excerpt(now, at)}`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}

function excerpt(value: unknown, at: number): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const from = Math.max(0, at - 20)
  const part = text.slice(from, at + 40).toWellFormed()
  return JSON.stringify(`${from > 0 ? '…' : ''}${part}${at + 40 < text.length ? '…' : ''}`)
}
