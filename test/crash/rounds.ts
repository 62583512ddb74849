/** Rounds of crashes, each way of dying and each operation in turn; and the table of what came of them. */
import path from 'node:path'
import { seededRandom } from '../support/random.ts'
import { createCrashingBrowser, WAYS, type Way } from './browser.ts'
import { effectsOf, type Log } from './log.ts'
import { draws } from './make.ts'
import { OPERATIONS, type Operation } from './plan.ts'
import { playRound, type Life, type Outcome, type Round } from './round.ts'
import { servePage } from './serve-page.ts'

export interface CrashOptions {
  rounds: number
  seed: number
  /** Each in turn; all where absent. */
  operations?: readonly Operation[]
  /** Told of each round. */
  onRound?(outcome: Outcome, number: number): void
}

/** Trajectories in a memory that is then left for another. */
const FULL = 250

export async function crash({ rounds, seed, operations = OPERATIONS, onRound }: CrashOptions): Promise<Outcome[]> {
  const served = await servePage(path.join(import.meta.dirname, 'page'))
  const browser = createCrashingBrowser(served.url)
  const duration = createDurations()
  const outcomes: Outcome[] = []
  let life = newLife(seed, 0)
  try {
    for (let i = 0; i < rounds; i++) {
      const draw = draws(seededRandom(seed * 10_007 + i))
      if (life.stored.size > FULL) life = newLife(seed, i)
      const pair = pairOf(i, operations)
      // A small index is saved more often.
      const used = pair.operation === 'snapshot' ? newLife(seed, `snapshot-${i}`) : life
      const outcome = await playRound({ browser, life: used, draw, duration, ...pair })
      outcomes.push(outcome)
      onRound?.(outcome, i)
    }
  } finally {
    await browser.close()
    await served.close()
  }
  return outcomes
}

/** Every operation with every way of dying, in as many rounds as there are pairs. */
function pairOf(i: number, operations: readonly Operation[]): { operation: Operation; way: Way } {
  const turn = Math.floor(i / operations.length)
  return { operation: operations[i % operations.length] as Operation, way: WAYS[((i % operations.length) + turn) % WAYS.length] as Way }
}

function newLife(seed: number, number: number | string): Life {
  let made = 0
  return { name: `crash-${seed}-${number}`, stored: new Map(), newId: () => `t${number}-${made++}` }
}

/** Of the first round of an operation on a fast machine (ms). */
const AT_FIRST: Record<Operation, number> = {
  add: 200,
  record: 250,
  delete: 200,
  import: 250,
  accept: 150,
  fork: 120,
  snapshot: 400,
  migrate: 300,
}
/** Where nothing was acknowledged in time, it is given so much more the next time. */
const LONGER = 1.4

/** How long operations take here, learnt from how much was acknowledged before they were killed. */
function createDurations(): Round['duration'] {
  const known = new Map(Object.entries(AT_FIRST)) as Map<Operation, number>
  const expected = (operation: Operation): number => known.get(operation) ?? 0
  return {
    expected,
    learn(operation, log, elapsed) {
      const share = shareDone(log)
      const before = expected(operation)
      if (share === 0) known.set(operation, Math.max(before, elapsed * LONGER))
      else known.set(operation, (before + log.tookSoFar() / share) / 2)
    },
  }
}

function shareDone(log: Log): number {
  const effects = effectsOf(log)
  if (effects.length === 0) return log.acknowledged.size / log.steps.length
  return effects.filter(({ acknowledged }) => acknowledged).length / effects.length
}
