/** What was asked of a memory, and how much of it was acknowledged. */
import type { Trajectory } from '../../src/core/trajectory.ts'
import { asImported } from './make.ts'
import type { Report, Result, Step } from './page-api.ts'

export interface Log {
  readonly steps: readonly Step[]
  /** By the place of the step. */
  readonly acknowledged: ReadonlyMap<number, Result>
  readonly failed: ReadonlyMap<number, { code: string; message: string }>
  /** Of imports under way: how many are stored. */
  readonly progress: ReadonlyMap<number, number>
  readonly begun: Promise<void>
  readonly ended: Promise<void>
  /** From the beginning to the last that was acknowledged (ms). */
  tookSoFar(): number
  onReport(report: Report): void
}

export function createLog(steps: readonly Step[]): Log {
  const acknowledged = new Map<number, Result>()
  const failed = new Map<number, { code: string; message: string }>()
  const progress = new Map<number, number>()
  const [begun, onBegun] = signal()
  const [ended, onEnded] = signal()
  let [began, last] = [0, 0]
  return {
    steps,
    acknowledged,
    failed,
    progress,
    begun,
    ended,
    tookSoFar: () => last - began,
    onReport(report) {
      last = performance.now()
      switch (report.type) {
        case 'begin':
          began = last
          return onBegun()
        case 'end':
          return onEnded()
        case 'acknowledged':
          return void acknowledged.set(report.i, report.result)
        case 'progress':
          return void progress.set(report.i, report.imported)
        case 'failed':
          return void failed.set(report.i, { code: report.code, message: report.message })
      }
    },
  }
}

function signal(): [happened: Promise<void>, happen: () => void] {
  let happen = (): void => {}
  return [new Promise((resolve) => (happen = resolve)), () => happen()]
}

/** One thing that a step stores or removes, and whether its caller was told so. */
export interface Effect {
  id: string
  /** Absent where it is removed. */
  stores?: Trajectory
  acknowledged: boolean
}

export function effectsOf({ steps, acknowledged, progress }: Pick<Log, 'steps' | 'acknowledged' | 'progress'>): Effect[] {
  return steps.flatMap((step, i): Effect[] => {
    const done = acknowledged.has(i)
    switch (step.kind) {
      case 'add':
        return [{ id: step.trajectory.id, stores: step.trajectory, acknowledged: done }]
      case 'record': {
        const { trajectory, store } = step.episode
        return store ? [{ id: trajectory.id, stores: trajectory, acknowledged: done }] : []
      }
      case 'delete':
        return [{ id: step.id, acknowledged: done }]
      case 'import': {
        const stored = progress.get(i) ?? 0
        return step.trajectories.map((one, place) => ({ id: one.id, stores: asImported(one), acknowledged: done || place < stored }))
      }
      default:
        return []
    }
  })
}

/** Things acknowledged: trajectories stored or removed, and other calls. */
export function countAcknowledged(log: Log): number {
  const others = log.steps.filter((step, i) => log.acknowledged.has(i) && isOther(step)).length
  return effectsOf(log).filter(({ acknowledged }) => acknowledged).length + others
}

function isOther(step: Step): boolean {
  return ['feedback', 'accept', 'fork', 'open'].includes(step.kind) || (step.kind === 'record' && !step.episode.store)
}
