/**
 * What a trajectory's provenance means for the memory: whether anybody but the agent has said that it was a success, and whose
 * text it holds. Planted experiences (as in MINJA and MemoryGraft) come in by way of such text.
 */
import type { Provenance, Trajectory } from '../core/trajectory.ts'
import { keyOf } from './key-of.ts'

/** It holds text that others may have written, and its success is the agent's own word: such text may have told the agent so. */
export function isUnconfirmed({ provenance }: Pick<Trajectory, 'provenance'>): boolean {
  return provenance.pageText && provenance.rewardSource === 'agent'
}

/** The name of the source of its page text, equal for equal sources; `undefined` where it holds none. Without a source, of its origin. */
export function sourceKeyOf({ pageText, source, origin }: Provenance): string | undefined {
  return pageText ? keyOf(source || origin) : undefined
}
