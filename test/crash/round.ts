/** One round: something is begun, what does it is killed in the middle, and a fresh page looks at what is left. */
import { isDeepStrictEqual } from 'node:util'
import type { Page } from 'playwright'
import type { Trajectory } from '../../src/core/trajectory.ts'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { ask, type CrashingBrowser, type Way } from './browser.ts'
import { halfThere, metaOf } from './half-there.ts'
import { judgeBookings, judgeFork, judgeSurveys, judgeTrajectories, noFindings, trajectoriesOf, isActive, type Findings } from './judge.ts'
import { countAcknowledged, createLog, effectsOf, type Log } from './log.ts'
import type { Draw } from './make.ts'
import { DIMENSIONS, type Dump, type Survey } from './page-api.ts'
import { planOf, type Operation, type Plan } from './plan.ts'

/** A memory that outlives its crashes. */
export interface Life {
  readonly name: string
  /** What is stored, for certain. */
  stored: Map<string, Trajectory>
  newId(): string
}

export interface Round {
  browser: CrashingBrowser
  life: Life
  operation: Operation
  way: Way
  draw: Draw
  /** How long it takes when nothing is killed (ms), and what was learnt about that. */
  duration: { expected(operation: Operation): number; learn(operation: Operation, log: Log, elapsed: number): void }
}

export interface Outcome extends Findings {
  operation: Operation
  way: Way
  /** After the beginning (ms). */
  killedAfter: number
  acknowledged: number
  /** Killed when something, but not all, had been acknowledged. */
  amid: boolean
  /** Calls that ended in `worker-lost`. */
  gaveUp: number
  opened: boolean
  /** A copy of the index had been saved since the last round; and whether the store did not know of it yet. */
  snapshot: 'none' | 'saved' | 'unnoted'
}

export async function playRound(round: Round): Promise<Outcome> {
  const { life, operation, way, draw } = round
  const plan = planOf(operation, { name: life.name, stored: Array.from(life.stored.keys()), draw, newId: life.newId })
  const log = createLog(plan.steps)
  const page = await round.browser.open(log.onReport)
  const original = await prepare(page, { plan, life })
  const killedAfter = await interrupt(page, { ...round, plan, log })
  const amid = log.acknowledged.size + log.progress.size > 0 && log.acknowledged.size < plan.steps.length
  const unsettled = way === 'worker' ? await settle(log) : []
  if (way === 'worker') await page.close()

  const outcome: Outcome = {
    ...noFindings(),
    operation,
    way,
    killedAfter,
    acknowledged: countAcknowledged(log),
    amid,
    gaveUp: Array.from(log.failed.values()).filter(({ code }) => code === 'worker-lost').length,
    opened: false,
    snapshot: 'none',
  }
  outcome.wrong.push(...unsettled, ...failures(log, way))
  const fresh = await round.browser.open(() => {})
  try {
    if (original) await inspectMigration(fresh, { plan, log, original, outcome })
    else await inspectLife(fresh, { life, plan, log, outcome })
    outcome.opened = true
  } catch (error) {
    outcome.wrong.push(String(error))
  } finally {
    await fresh.close()
  }
  return outcome
}

/** Returns the store of version 1, where there is one to migrate. */
async function prepare(page: Page, { plan, life }: { plan: Plan; life: Life }): Promise<Dump | undefined> {
  const [first] = plan.steps
  if (plan.version1 && first?.kind === 'open') {
    const { trajectories, sameEmbedder } = plan.version1
    const { id, dimensions } = hashEmbedder({ dimensions: DIMENSIONS })
    const embedder = { id: sameEmbedder ? id : 'another', dimensions }
    await ask(page, 'makeVersion1', first.name, trajectories, embedder)
    return (await ask(page, 'dump', first.name)) ?? undefined
  }
  await ask(page, 'open', life.name, plan.index)
  for (const action of plan.before) await ask(page, 'perform', action)
  const done = createLog(plan.before)
  plan.before.forEach((_, i) => done.onReport({ type: 'acknowledged', i, result: null }))
  for (const { id, stores } of effectsOf(done)) if (stores) life.stored.set(id, stores)
  return undefined
}

/** When it is killed at the latest, as a multiple of how long it takes. A single step is acknowledged at its end only. */
const LATEST = { many: 1, one: 1.5 }

/** Returns how long after its beginning it was killed (ms). */
async function interrupt(
  page: Page,
  { browser, way, operation, draw, duration, plan, log }: Round & { plan: Plan; log: Log },
): Promise<number> {
  const delay = (draw.between(0, 1_000) / 1_000) * LATEST[plan.steps.length > 1 ? 'many' : 'one'] * duration.expected(operation)
  const kill = await browser.arm(page, way)
  const running = ask(page, 'run', plan.steps, { lanes: plan.lanes })
  running.catch(() => {}) // it dies with the page
  await log.begun
  const began = performance.now()
  await new Promise((resolve) => setTimeout(resolve, delay))
  const elapsed = performance.now() - began
  duration.learn(operation, log, elapsed)
  await kill()
  return elapsed
}

/** How long calls may take to recover from the loss of their worker (ms). */
const RECOVERY = 30_000

async function settle({ ended }: Log): Promise<string[]> {
  const late = new Promise<string[]>((resolve) =>
    setTimeout(() => resolve(['a call hangs after the loss of its worker']), RECOVERY).unref(),
  )
  return Promise.race([ended.then(() => []), late])
}

/** What may fail at all, may do so with its worker only. */
function failures({ steps, failed }: Log, way: Way): string[] {
  return Array.from(failed).flatMap(([i, { code, message }]) => {
    const kind = steps[i]?.kind ?? ''
    const allowed = way === 'worker' && code === 'worker-lost' && ['import', 'fork', 'open'].includes(kind)
    return allowed ? [] : [`${kind} failed: ${message}`]
  })
}

interface Inspection {
  plan: Plan
  log: Log
  outcome: Outcome
}

async function inspectLife(page: Page, { life, plan, log, outcome }: Inspection & { life: Life }): Promise<void> {
  const left = await dumpOf(page, life.name)
  outcome.half.push(...halfThere(left, { dimensions: DIMENSIONS, embedded: true }))
  merge(outcome, judgeTrajectories(life.stored, log, left))
  merge(outcome, judgeBookings(log, left))
  outcome.snapshot = snapshotOf(left)
  const [step] = plan.steps
  if (step?.kind === 'fork') await inspectFork(page, { source: left, name: step.name, log, outcome })

  const surveys = await surveyBoth(page, { name: life.name, log, left })
  const settled = await dumpOf(page, life.name)
  outcome.half.push(...halfThere(settled, { dimensions: DIMENSIONS, embedded: true }))
  outcome.wrong.push(...judgeSurveys(surveys, settled))
  if (!isDeepStrictEqual(left.tables['trajectories'], settled.tables['trajectories']))
    outcome.wrong.push('opening it has changed what is stored')
  life.stored = new Map(Array.from(trajectoriesOf(left.tables).values(), ({ id, trajectory }) => [id, trajectory]))
}

/** By a graph, and by comparing with all. */
async function surveyBoth(page: Page, { name, log, left }: { name: string; log: Log; left: Dump }): Promise<[Survey, Survey]> {
  const rows = trajectoriesOf(left.tables)
  const own = effectsOf(log).flatMap(({ id }) => {
    const row = rows.get(id)
    return row && isActive(row) ? [{ goal: row.trajectory.goal, plan: row.trajectory.plan }] : []
  })
  const steps = Array.from(
    rows.values(),
    ({
      trajectory: {
        goal,
        plan,
        steps: [step],
      },
    }) => ({ goal, plan, observation: step?.observation ?? '' }),
  )
  const narrow = [...own.slice(0, 6), ...steps.slice(0, 6)]
  const survey = async (index: 'hnsw' | 'exact'): Promise<Survey> => {
    await ask(page, 'open', name, index)
    const wait = { graph: index === 'hnsw', retrievable: Array.from(rows.values()).filter(isActive).length }
    const all = await ask(page, 'survey', [{ goal: 'a red door' }], { ...wait, k: 10_000 })
    const few = await ask(page, 'survey', narrow, { ...wait, k: 5 })
    await ask(page, 'close')
    return { ...all, retrieved: [...all.retrieved, ...few.retrieved] }
  }
  return [await survey('hnsw'), await survey('exact')]
}

async function inspectFork(
  page: Page,
  { source, name, log, outcome }: { source: Dump; name: string; log: Log; outcome: Outcome },
): Promise<void> {
  const target = await ask(page, 'dump', name)
  const findings = judgeFork(source, target, log.acknowledged.has(0))
  merge(outcome, findings)
  if (target === null) return
  await ask(page, 'open', name, 'auto')
  const { count } = await ask(page, 'survey', [], { k: 1, graph: false })
  await ask(page, 'close')
  const unfinished = metaOf(target.tables)?.unfinished === true
  const expected = unfinished ? 0 : (target.tables['trajectories']?.length ?? 0)
  if (count !== expected) outcome.half.push(`a fork holds ${count} trajectories when it is opened, not ${expected}`)
  await ask(page, 'deleteMemory', name)
}

async function inspectMigration(page: Page, { plan, log, original, outcome }: Inspection & { original: Dump }): Promise<void> {
  const [step] = plan.steps
  if (step?.kind !== 'open' || !plan.version1) return
  const { trajectories } = plan.version1
  const stored = new Map(trajectories.map((one) => [one.id, one]))
  const left = await dumpOf(page, step.name)
  const untouched = isDeepStrictEqual(left, original)
  if (left.version === 1 && !untouched) outcome.half.push('a store of version 1 that is not as it was')
  if (left.version === 1 && log.acknowledged.has(0)) outcome.lost.push('a migration: acknowledged, and the store is of version 1')
  if (left.version !== 1) outcome.half.push(...halfThere(left, { dimensions: DIMENSIONS, embedded: false }))
  if (!log.acknowledged.has(0)) outcome.unknown[left.version === 1 ? 'undone' : 'done']++
  const nothing = createLog([])
  merge(outcome, judgeTrajectories(stored, nothing, left))

  const surveys = await surveyBoth(page, { name: step.name, log: nothing, left })
  const settled = await dumpOf(page, step.name)
  outcome.half.push(...halfThere(settled, { dimensions: DIMENSIONS, embedded: true }))
  merge(outcome, judgeTrajectories(stored, nothing, settled))
  outcome.wrong.push(...judgeSurveys(surveys, settled))
  const counted = settled.tables['ledger']?.filter((row) => row['retrievals'] === 3).length
  if (counted !== trajectories.filter(({ success }) => success).length) outcome.half.push('a migrated store has lost counts')
  await ask(page, 'deleteMemory', step.name)
}

async function dumpOf(page: Page, name: string): Promise<Dump> {
  const dump = await ask(page, 'dump', name)
  if (dump) return dump
  throw new Error(`There is no memory "${name}" any more`)
}

function merge(outcome: Findings, { lost, half, wrong, unknown }: Findings): void {
  outcome.lost.push(...lost)
  outcome.half.push(...half)
  outcome.wrong.push(...wrong)
  outcome.unknown.done += unknown.done
  outcome.unknown.undone += unknown.undone
}

function snapshotOf({ tables }: Dump): Outcome['snapshot'] {
  const saved = tables['snapshots']?.find(({ id }) => id === 'list')?.['revision']
  if (saved === undefined) return 'none'
  return metaOf(tables)?.covered === saved ? 'saved' : 'unnoted'
}
