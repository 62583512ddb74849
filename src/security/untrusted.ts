/** Working with text that somebody else may have written, without ever taking it for one's own. */
import type { Untrusted } from '../core/untrusted.ts'

/** What `map` makes of it is as little to be trusted. */
export function mapUntrusted<T, U>(value: Untrusted<T>, map: (inner: T) => U): Untrusted<U> {
  return map(value as T)
}

/**
 * The value itself, for code that looks at it without putting it into a prompt: counting, comparing, looking up. The test of the
 * house plan names the few files that may do so.
 */
export function inspect<T>(value: Untrusted<T>): T {
  return value as T
}

/** How many there are. */
export function countOf(list: Untrusted<readonly unknown[]>): number {
  return inspect(list).length
}
