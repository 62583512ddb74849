/** What the page and the process that drives it say to one another. */
import type { EpisodeRow } from './episode-rows.ts'

/** What the page is to do. No secret is in it. */
export interface Config {
  /** `weights`: URL of other weights than the library's own. */
  model: { kind: 'embedded'; weights?: string } | { kind: 'remote'; spec: string; baseURL?: string }
  /** Names of rows. */
  rows: readonly string[]
  quick: boolean
  /** Worlds a row, goals a world; instead of the rows' own. */
  n?: number
  goals?: number
  /** This page takes every `lanes`-th world, from `lane` on. */
  lane: number
  lanes: number
  /** Units that are done already. */
  finished: readonly string[]
  /** Milliseconds since 1970, after which no episode is begun. */
  deadline?: number
  /** The embedder of the row `transformers`. */
  embedder?: { model: string; localPath?: string; dimensions?: number; dtype?: 'fp32' | 'q8' }
}

/** Functions that the process puts into the page. */
export interface Host {
  benchConfig(): Promise<Config>
  /** Keeps an episode. */
  benchEpisode(episode: EpisodeRow): Promise<void>
  benchSay(line: string): Promise<void>
  /** Counts what a call of a remote model took. `false`: there is nothing left, begin no other. */
  benchSpend(usage: { inputTokens: number; outputTokens: number }): Promise<boolean>
  /** The key of a remote model. */
  benchKey(): Promise<string>
}

export const host: Host = globalThis as unknown as Host

/** Ends a run cleanly: what is done is kept. */
export class Stop extends Error {}
