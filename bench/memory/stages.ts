/** What a page of this bench can be asked to do, and what it answers. Each stage has a page of its own. */
import type { Phase } from '../../src/core/trajectory.ts'
import type { Answer } from './oracle.ts'
import type { Call } from './parts.ts'
import type { PeersResult } from './peers.worker.ts'

export const PHASES: readonly Phase[] = ['plan', 'reason', 'act']

/** All times in milliseconds, all sizes in bytes. */
export interface Results {
  fill: {
    adds: number[]
    /** Of everything that was stored beforehand. */
    imported: { count: number; ms: number }
    bytes: { trajectories: number; vectors: number; index: number }
    /** What the browser says that the origin takes more than before. */
    usage: number
    /** A copy of all of it under another name. */
    fork: number
    index: string
  }
  open: Opened
  retrieve: {
    phases: Record<Phase, { cold: number[]; hot: number[]; parts: { cold: Part[]; hot: Part[] }; answers: Answer[][] }>
    /** Openings in a browser that runs already. */
    reopened: number[]
  }
  ram: { before: number; after: number; wasm: number }
  peers: PeersResult
  link: { fresh: number[]; known: number[] }
  /** `idleGap`: the same watch over as long a time in which the page did nothing, which shows what others on the machine do to it. */
  training: { longestGap: number; idleGap: number; longTasks: number[]; episodes: number; seconds: number }
}
export type Stage = keyof Results

export interface Opened {
  /** Until the memory was open, the first search was answered, everything was read, and the index was what it stays. */
  open: number
  search: number
  loaded: number
  ready: number
}

/** One retrieval as the page saw it, with what its worker saw of it. */
export interface Part extends Call {
  page: number
}

/** What the process that drives the page puts into it. */
export interface Host {
  benchResult(result: Results[Stage]): Promise<void>
}
