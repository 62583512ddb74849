/** What was asked of a model and what it answered, as plain JSON for a file. */
import * as z from 'zod/mini'
import { RepriseError, type ErrorCode } from '../core/errors.ts'
import type { Capabilities, GenerateRequest, Generation } from '../core/model.ts'
import { generationSchema } from '../core/schemas.ts'
import { parse } from '../util/validate.ts'

/** What of a request an answer depends on. Keys and headers are no part of a request. */
export type CassetteRequest = Omit<GenerateRequest, 'signal' | 'onText' | 'onWarning'>

/** One call. */
export interface CassetteEntry {
  request: CassetteRequest
  /** What `onText` heard, part by part; absent where nobody listened. */
  deltas?: string[]
  /** What `onWarning` heard. */
  warnings?: string[]
  /** The answer, of a call that had one. */
  answer?: Generation
  /** The failure, of any other. `aborted`: the caller ended it behind `deltas`. */
  error?: { code: ErrorCode; message: string }
}

/** The calls of a model, in the order in which they were made. Survives `JSON.stringify`. */
export interface Cassette {
  format: 'reprise-cassette'
  version: 1
  /** Id of the model. */
  model: string
  capabilities?: Capabilities
  entries: CassetteEntry[]
}

/** Errors: `invalid-options` for what is no cassette, or one of another version. */
export function readCassette(value: unknown): Cassette {
  const { format, version } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Cassette>
  if (format === 'reprise-cassette' && version !== 1)
    throw new RepriseError(
      'invalid-options',
      `This is a cassette of version ${JSON.stringify(version)}; version 1 can be read. Record it again.`,
    )
  return parse(cassetteSchema, value, 'replay cassette') as Cassette
}

/** The one text that equal requests share: JSON with sorted keys, without what is undefined. */
export function keyOf(request: CassetteRequest): string {
  return JSON.stringify(sorted(request))
}

/** `request` as it is kept: what an answer depends on and nothing else. */
export function asked({ messages, temperature, maxTokens, stop, seed, responseSchema, tools }: GenerateRequest): CassetteRequest {
  return JSON.parse(JSON.stringify({ messages, temperature, maxTokens, stop, seed, responseSchema, tools })) as CassetteRequest
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  )
}

const texts = z.array(z.string())

const entrySchema = z
  .object({
    request: z.looseObject({ messages: z.array(z.object({ role: z.string(), content: z.string() })) }),
    deltas: z.optional(texts),
    warnings: z.optional(texts),
    answer: z.optional(
      z.intersection(
        generationSchema,
        z.looseObject({ toolCalls: z.array(z.object({ id: z.string(), name: z.string(), input: z.unknown() })) }),
      ),
    ),
    error: z.optional(z.object({ code: z.string(), message: z.string() })),
  })
  .check(z.refine(({ answer, error }) => (answer === undefined) !== (error === undefined), 'must have either an answer or an error'))

const cassetteSchema = z.object({
  format: z.literal('reprise-cassette'),
  version: z.literal(1),
  model: z.string(),
  capabilities: z.optional(z.record(z.string(), z.boolean())),
  entries: z.array(entrySchema),
})
