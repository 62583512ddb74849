/** What the page of the cascade benchmark and the process that drives it say to one another. */
import type { EpisodeTally } from '../../src/learning/cascade/tally.ts'
import type { Setup } from './setups.ts'

export interface Config {
  setups: readonly Setup[]
  /** Worlds, one goal in each. */
  n: number
  /** This page takes every `lanes`-th world, from `lane` on. */
  lane: number
  lanes: number
}

/** One line of the file of episodes. */
export interface Kept {
  setup: Setup
  arm: string
  world: number
  episode: EpisodeTally
}

/** Functions that the process puts into the page. */
export interface Host {
  benchConfig(): Promise<Config>
  benchKeep(kept: Kept): Promise<void>
  benchSay(line: string): Promise<void>
}

export const host: Host = globalThis as unknown as Host
