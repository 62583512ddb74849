/** A type for text that somebody else may have written: a page, a tool, a file, a stored trajectory. */
declare const UNTRUSTED: unique symbol

/**
 * A `T` from a page, a tool or the store. Everything may be called untrusted, but the types let nobody use it as a `T`: what is
 * made of it is untrusted again (`mapUntrusted`), and the fence of a prompt is what turns it into text that a model reads.
 * At run time it is the value itself.
 */
export type Untrusted<T = string> = T | { readonly [UNTRUSTED]: T }
