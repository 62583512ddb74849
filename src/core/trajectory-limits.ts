/**
 * How large a trajectory may be, as checks of a schema: beyond these limits one record could fill a store, a prompt or a
 * worker's memory by itself. Sizes of text are UTF-16 code units; a message names the size and the limit.
 */
import * as z from 'zod/mini'
import type { JsonObject } from './json.ts'

export const LIMITS = {
  /** Of each text. */
  text: 1_000_000,
  taskId: 1000,
  id: 256,
  /** Of a provenance. */
  source: 1000,
  /** Steps of a trajectory. */
  steps: 10_000,
  /** All texts and metadata of a trajectory together. */
  total: 8_000_000,
  /** Objects and arrays within each other, in metadata. */
  depth: 64,
} as const

/** The parts of a trajectory that have a size, whole or as a caller gives them. */
export interface Sized {
  steps: readonly { observation: string; reasoning: string; action: string; metadata?: JsonObject }[]
  metadata?: JsonObject
  provenance?: object
}

/** A string of at most so many code units. */
export function text(most: number = LIMITS.text): z.ZodMiniType<string> {
  return z.string().check(atMost((value) => value.length, most, 'characters long'))
}

/** Items, no more than a trajectory may have steps. */
export function steps<T>(item: z.ZodMiniType<T>): z.ZodMiniType<T[]> {
  // Counted before they are looked at, one by one.
  return z.pipe(z.array(z.unknown()).check(atMost((items) => items.length, LIMITS.steps, 'items long')), z.array(item))
}

/** An object that is taken for JSON. */
export const storedMetadata: z.ZodMiniType<JsonObject> = z.custom<JsonObject>(isPlain, { error: 'must be an object' })

/** An object of JSON, neither large nor deep; a copy. */
export const metadata: z.ZodMiniType<JsonObject> = z.pipe(
  storedMetadata.check(({ value, issues }) => {
    const { problem } = weigh(value)
    if (problem) issues.push({ code: 'custom', message: problem, input: value })
  }),
  z.transform((value) => structuredClone(value)),
)

/** All texts and metadata together. */
export function total(): z.core.CheckFn<Sized> {
  return atMost(sizeOf, LIMITS.total, 'characters of texts and metadata')
}

function sizeOf({ steps: all, metadata: notes, provenance, ...rest }: Sized): number {
  const metadatas = [notes, ...all.map((step) => step.metadata)].filter((part) => part !== undefined)
  const texts = [rest, provenance ?? {}, ...all].flatMap((part) => Object.values(part)).filter((part) => typeof part === 'string')
  return metadatas.reduce((sum, part) => sum + weigh(part).size, 0) + texts.reduce((sum, part) => sum + part.length, 0)
}

function atMost<T>(measure: (value: T) => number, most: number, unit: string): z.core.CheckFn<T> {
  return ({ value, issues }) => {
    const size = measure(value)
    if (size > most)
      issues.push({ code: 'custom', message: `must be at most ${grouped(most)} ${unit}, not ${grouped(size)}`, input: value })
  }
}

/**
 * The length of a value's keys and texts, and one for each item; or what makes it unfit to be metadata. Stops at the limit, so that
 * cycles end.
 */
function weigh(root: unknown): { size: number; problem?: string } {
  const open = [{ value: root, depth: 1 }]
  let size = 0
  for (let at = open.pop(); at; at = open.pop()) {
    const { value, depth } = at
    if (!isJson(value)) return { size, problem: 'must hold nothing but values of JSON' }
    if (depth > LIMITS.depth) return { size, problem: `must be at most ${LIMITS.depth} levels deep` }
    size += lengthOf(value)
    if (size > LIMITS.total) return { size, problem: `must be at most ${grouped(LIMITS.total)} characters in all` }
    if (typeof value !== 'object' || value === null) continue
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + (typeof inner === 'object' ? 1 : 0) })
  }
  return { size }
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).reduce((sum, key) => sum + key.length + 1, 0) : 0
}

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Array.isArray(value) || isPlain(value)
}

/** Whether it is an object of no class, of this realm or another. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function grouped(count: number): string {
  return count.toLocaleString('en')
}
