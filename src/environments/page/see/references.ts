/**
 * Short names of elements (`e12`) that stay with an element as long as it lives, and pass to the one that a redrawing of the page put
 * in its place. None is ever given twice.
 */
import { domReader } from './dom.ts'
import type { Seen } from './seen.ts'
import type { Work } from './slices.ts'

/** What a usable element is known by. */
export interface Candidate {
  seen: Seen
  /** Role, name and what is around it: equal for elements that a person takes for the same. */
  likeness: string
}

export type Resolved = { element: Element } | { problem: string }

export interface References {
  /** Writes a reference to each. */
  assign(candidates: readonly Candidate[]): Work<void>
  /** The element that was given a reference, as long as it is in the page. */
  find(ref: string): Resolved
}

interface Known {
  element: WeakRef<Element>
  likeness: string
  /** References of the elements that might have taken its place, where it has gone. */
  rivals: readonly string[]
}

/** References of elements that have gone are remembered up to this many. */
const MOST_GONE = 2_000
const STRIDE = 100
const NONE: readonly string[] = []

export function createReferences(): References {
  const refs = new WeakMap<Element, string>()
  const known = new Map<string, Known>()
  let last = 0

  function* assign(candidates: readonly Candidate[]): Work<void> {
    const gone = goneByLikeness(known)
    yield
    // Comparing is only for what went away.
    const alike = Map.groupBy(gone.size === 0 ? [] : candidates, ({ likeness }) => likeness)
    yield
    for (const [likeness, equals] of alike) inherit(equals, gone.get(likeness) ?? [], refs)
    for (const [at, { seen, likeness }] of candidates.entries()) {
      if (at % STRIDE === 0) yield
      seen.ref = refs.get(seen.element) ?? `e${++last}`
      refs.set(seen.element, seen.ref)
      const entry = known.get(seen.ref)
      if (entry?.element.deref() === seen.element) Object.assign(entry, { likeness, rivals: NONE })
      else known.set(seen.ref, { element: new WeakRef(seen.element), likeness, rivals: NONE })
    }
    for (const [likeness, left] of gone) tellRivals(known, left, alike.get(likeness) ?? [])
    forget(known)
  }
  return { assign, find: (ref) => find(known, ref) }
}

function isGone({ element }: Known): boolean {
  const alive = element.deref()
  return !alive || !domReader().isConnected(alive)
}

function goneByLikeness(known: ReadonlyMap<string, Known>): Map<string, string[]> {
  const gone = new Map<string, string[]>()
  for (const [ref, entry] of known)
    if (isGone(entry)) {
      const list = gone.get(entry.likeness)
      if (list) list.push(ref)
      else gone.set(entry.likeness, [ref])
    }
  return gone
}

/**
 * Equal elements are told apart by their order alone. That is sure only where all of them were replaced and as many are there as were;
 * else each gets a reference of its own, and the old ones stay without an element.
 */
function inherit(equals: readonly Candidate[], left: string[], refs: WeakMap<Element, string>): void {
  if (left.length !== equals.length || equals.some(({ seen }) => refs.has(seen.element))) return
  for (const [at, { seen }] of equals.entries()) refs.set(seen.element, left[at] ?? '')
  left.length = 0
}

function tellRivals(known: ReadonlyMap<string, Known>, left: readonly string[], equals: readonly Candidate[]): void {
  const rivals = equals.slice(0, 5).map(({ seen }) => seen.ref)
  for (const ref of left) {
    const entry = known.get(ref)
    if (entry) entry.rivals = rivals
  }
}

/** The oldest first. */
function forget(known: Map<string, Known>): void {
  if (known.size <= MOST_GONE) return
  const gone = [...known].filter(([, entry]) => isGone(entry))
  for (const [ref] of gone.slice(0, Math.max(0, gone.length - MOST_GONE))) known.delete(ref)
}

function find(known: ReadonlyMap<string, Known>, ref: string): Resolved {
  const entry = known.get(ref)
  if (!entry) return { problem: `No element is known as ${printed(ref)}. Use a reference that the page shows now.` }
  const element = entry.element.deref()
  if (element && domReader().isConnected(element)) return { element }
  const { rivals } = entry
  if (rivals.length === 0) return { problem: `${ref} is gone: that part of the page has changed. Use a reference that the page shows now.` }
  return {
    problem: `${ref} is gone, and it is ambiguous what took its place. Like it are ${rivals.join(', ')}: use the right one of them.`,
  }
}

/** A model may have written anything. */
function printed(ref: string): string {
  return JSON.stringify(ref.length > 20 ? `${ref.slice(0, 20)}…` : ref)
}
