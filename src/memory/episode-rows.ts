/** Reading the ledger of episodes, the newest first. Rows are checked, since anything may have written them. */
import * as z from 'zod/mini'
import type { ShownSummary } from './ledger.ts'
import type { EpisodeListing } from './open-memory.ts'
import type { EpisodeRow, StoreReader } from './store/trajectory-store.ts'

export interface EpisodesBefore {
  /** Id of a row. */
  before: number | undefined
  limit: number
  /** Only episodes that were shown it. */
  trajectoryId: string | undefined
}

export function episodesBefore(reader: StoreReader, { before, limit, trajectoryId }: EpisodesBefore): Promise<EpisodeRow[]> {
  return trajectoryId === undefined ? latest(reader, before, limit) : reader.where('shown', trajectoryId, { limit, before })
}

/** What a row says; nothing where it is damaged. */
export function listingOfEpisode(row: unknown): EpisodeListing[] {
  const result = z.safeParse(episodeRow, row)
  if (!result.success) return []
  const { episode: id, owed, ...rest } = result.data
  return [{ id, ...rest, ...(owed && { unconfirmed: true }) }]
}

async function latest(reader: StoreReader, before = Infinity, limit: number): Promise<EpisodeRow[]> {
  const ids = await reader.ids('episodes')
  const wanted = ids.filter((id) => id < before).slice(-limit)
  const rows = await Promise.all(wanted.toReversed().map((id) => reader.get('episodes', id)))
  return rows.filter((row) => row !== undefined)
}

const count = z.exactOptional(z.number())
const score = z.exactOptional(z.number())
const phase = z.enum(['plan', 'reason', 'act'])
const shown: z.ZodMiniType<ShownSummary> = z.object({
  trajectoryId: z.string(),
  share: z.number(),
  prompts: z.object({ plan: count, reason: count, act: count }),
  best: z.object({
    phase,
    step: z.number(),
    score,
    scores: z.exactOptional(z.object({ goal: score, plan: score, observation: score, reasoning: score })),
  }),
})
const episodeRow = z.object({
  episode: z.string(),
  at: z.string(),
  goal: z.string(),
  success: z.boolean(),
  stored: z.boolean(),
  owed: z.exactOptional(z.object({})),
  shown: z.array(shown),
})
