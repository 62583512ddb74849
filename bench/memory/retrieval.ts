/**
 * Whole calls of `retrieve` from the page, by phase. Cold: the memory was opened just before, and few queries came since, all of other
 * kinds, so that most candidates are used for the first time. Hot: the same query again.
 */
import type { Exemplar, Phase } from '../../src/core/trajectory.ts'
import type { OpenMemory } from '../../src/index.ts'
import { openBenchMemory, takeFromWorker, timed, untilReady } from './bench-memory.ts'
import { K, queryAt } from './corpus.ts'
import type { Answer } from './oracle.ts'
import type { Call } from './parts.ts'
import { PHASES, type Part, type Results } from './stages.ts'

export const QUERIES = 200
/** Of each phase, those whose parts are kept. */
const WITH_PARTS = 40

type Phases = Results['retrieve']['phases']

export async function measureRetrieval(size: number): Promise<Results['retrieve']> {
  const reopened: number[] = []
  // After so many the memory is opened anew: the more it holds, the longer its candidates are new.
  const count = Math.min(40, Math.max(10, size / 50))
  const phases = Object.fromEntries(
    PHASES.map((phase) => [phase, { cold: [], hot: [], parts: { cold: [], hot: [] }, answers: [] }]),
  ) as unknown as Phases
  for (const phase of PHASES) {
    for (let from = 0; from < QUERIES; from += count) {
      const { value: memory, ms } = await timed(() => openBenchMemory(size))
      reopened.push(ms)
      await untilReady(memory, size)
      await block(memory, { phase, from, count, into: phases[phase] })
      await memory.close()
    }
    for (let from = 0; from < WITH_PARTS; from += count) {
      const memory = await openBenchMemory(size, { parts: true })
      await untilReady(memory, size)
      await blockWithParts(memory, { phase, from, count, into: phases[phase].parts })
      await memory.close()
    }
  }
  return { phases, reopened }
}

interface Block<I> {
  phase: Phase
  from: number
  count: number
  into: I
}

async function block(memory: OpenMemory, { phase, from, count, into }: Block<Phases[Phase]>): Promise<void> {
  await warmUp(memory)
  for (let i = from; i < from + count; i++) {
    const query = queryAt(phase, i)
    const cold = await timed(() => memory.retrieve(query, { k: K }))
    into.cold.push(cold.ms)
    into.answers.push(cold.value.map(answerOf))
    into.hot.push((await timed(() => memory.retrieve(query, { k: K }))).ms)
  }
}

async function blockWithParts(memory: OpenMemory, { phase, from, count, into }: Block<{ cold: Part[]; hot: Part[] }>): Promise<void> {
  await warmUp(memory)
  await takeFromWorker()
  const pages: number[] = []
  for (let i = from; i < from + count; i++)
    for (const _ of ['cold', 'hot']) pages.push((await timed(() => memory.retrieve(queryAt(phase, i), { k: K }))).ms)
  const { calls } = await takeFromWorker()
  pages.forEach((page, i) => into[i % 2 === 0 ? 'cold' : 'hot'].push({ page, ...(calls[i] as Call) }))
}

/** A fresh worker's code runs slowly at first: that is the opening's cost, and no retrieval's. One query, again and again. */
async function warmUp(memory: OpenMemory): Promise<void> {
  for (let i = 0; i < 30; i++) for (const phase of PHASES) await memory.retrieve(queryAt(phase, 1_000_000), { k: K })
}

/** Actions name their place in the trajectory. */
function answerOf({ trajectoryId, steps, stepIndex }: Exemplar): Answer {
  return { id: trajectoryId, step: stepIndex === null ? null : Number(/\d+$/.exec(steps[stepIndex]?.action ?? '')?.[0]) }
}
