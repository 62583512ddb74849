/** What callers may ask of a memory: the schemas of its arguments, and the trajectory that is made of an input. */
import * as z from 'zod/mini'
import { RepriseError } from '../core/errors.ts'
import type { Curation, EpisodeRecord, FeedbackSignal, MemoryQuery, RetrieveOptions, Shown } from '../core/memory.ts'
import { text } from '../core/trajectory-limits.ts'
import { trajectoryInputSchema, trajectorySchema } from '../core/trajectory-schemas.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { parse } from '../util/validate.ts'
import type { EpisodeListOptions, ListOptions } from './open-memory.ts'

const steps = z.union([z.int().check(z.gte(0)), z.literal(Infinity)])
const query = z.strictObject({
  goal: z.string(),
  plan: z.exactOptional(z.string()),
  observation: z.exactOptional(z.string()),
  reasoning: z.exactOptional(z.string()),
})
const retrieveOptions = z.strictObject({
  k: z.int().check(z.gte(0)),
  window: z.exactOptional(steps),
  excludeTask: z.exactOptional(z.string()),
})
const curation = z.strictObject({
  threshold: z.number().check(z.gte(0), z.lte(1)),
  minRetrievals: z.int().check(z.gte(1)),
  halfLife: z.exactOptional(z.number().check(z.gt(0))),
})
const score = z.exactOptional(z.number())
const shown: z.ZodMiniType<Shown> = z.object({
  trajectoryId: z.string(),
  phase: z.enum(['plan', 'reason', 'act']),
  step: z.int().check(z.gte(0)),
  score,
  scores: z.exactOptional(z.object({ goal: score, plan: score, observation: score, reasoning: score })),
})
const episode = z.object({
  trajectory: trajectorySchema,
  shown: z.array(shown),
  store: z.boolean(),
  curation: z.union([z.literal(false), curation]),
})
const feedback = z.strictObject({
  value: z.number().check(z.gte(-1), z.lte(1)),
  source: z.enum(['user', 'verifier', 'review']),
  note: z.exactOptional(text(2000)),
})
const ids = z.array(z.string()).check(z.maxLength(10_000))
const limit = z.exactOptional(z.int().check(z.gte(1), z.lte(1000)))
const listOptions = z.strictObject({
  limit,
  cursor: z.exactOptional(z.string()),
  status: z.exactOptional(z.enum(['active', 'failed', 'pruned', 'retired', 'superseded', 'quarantined'])),
  search: z.exactOptional(z.string()),
  order: z.exactOptional(z.enum(['newest', 'oldest', 'utility'])),
})
const episodeListOptions = z.strictObject({ limit, cursor: z.exactOptional(z.int()), trajectoryId: z.exactOptional(z.string()) })
const statsOptions = z.strictObject({ perTrajectory: z.exactOptional(z.boolean()) })

export function checkId(value: string): string {
  return parse(z.string(), value, 'id')
}

export function checkQuery(value: MemoryQuery): MemoryQuery {
  const checked: MemoryQuery = parse(query, defined(value), 'retrieve query')
  if (checked.observation !== undefined && checked.reasoning !== undefined)
    throw new RepriseError('invalid-options', 'retrieve: a query has an observation or a reasoning, not both.')
  return checked
}

export function checkRetrieveOptions(value: Omit<RetrieveOptions, 'signal'>): Omit<RetrieveOptions, 'signal'> {
  return parse(retrieveOptions, defined(value), 'retrieve options')
}

export function checkCuration(value: Curation): Curation {
  return parse(curation, value, 'curate')
}

export function checkEpisode(value: EpisodeRecord): EpisodeRecord {
  return parse(episode, value, 'record')
}

export function checkListOptions(value: ListOptions): ListOptions {
  return parse(listOptions, defined(value), 'list options')
}

export function checkEpisodeListOptions(value: EpisodeListOptions): EpisodeListOptions {
  return parse(episodeListOptions, defined(value), 'episodes options')
}

export function checkStatsOptions(value: { perTrajectory?: boolean }): { perTrajectory?: boolean } {
  return parse(statsOptions, defined(value), 'stats options')
}

export function checkFeedback(value: FeedbackSignal): FeedbackSignal {
  return parse(feedback, defined(value), 'feedback')
}

/** The ids of an `accept`, each once. */
export function checkIds(value: string | readonly string[]): string[] {
  return typeof value === 'string' ? [value] : Array.from(new Set(parse(ids, value, 'accept ids')))
}

export function checkForkName(value: string): string {
  return parse(z.string().check(z.minLength(1), z.maxLength(200)), value, 'fork name')
}

/** What a memory needs to know to complete a trajectory. */
export interface Completion {
  /** Origin of the page. */
  origin: string
  newId(): string
  now(): number
}

/** A whole trajectory of what a caller gave, or `invalid-options`. */
export function completeTrajectory(value: unknown, { origin, newId, now }: Completion): Trajectory {
  const { provenance, ...input } = parse(trajectoryInputSchema, value, 'add')
  const success = input.success ?? true
  return {
    id: newId(),
    plan: '',
    outcome: '',
    reward: success ? 1 : 0,
    createdAt: new Date(now()).toISOString(),
    metadata: {},
    ...input,
    success,
    provenance: { origin, model: '', rewardSource: 'user', pageText: false, ...provenance },
  }
}

/** Without the fields that are `undefined`: a caller's way of leaving one out. */
function defined(value: object): unknown {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined))
    : value
}
