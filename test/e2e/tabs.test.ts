/** Several real tabs on one memory: all write at once, one is closed in the middle, and all agree in the end. */
import path from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Trajectory } from '../../src/core/trajectory.ts'
import { ask } from '../crash/browser.ts'
import { halfThere } from '../crash/half-there.ts'
import { isActive, judgeBookings, judgeTrajectories, trajectoriesOf } from '../crash/judge.ts'
import { createLog, type Log } from '../crash/log.ts'
import { asImported, draws, makeTrajectory, type Draw } from '../crash/make.ts'
import { DIMENSIONS, type Dump, type IndexKind, type Step, type Survey } from '../crash/page-api.ts'
import { servePage, type ServedPage } from '../crash/serve-page.ts'
import { makeStorm } from '../crash/tabs/storm.ts'
import { launchChromium } from '../support/chromium.ts'
import { seededRandom } from '../support/random.ts'

let served: ServedPage
let browser: Browser
beforeAll(async () => {
  served = await servePage(path.resolve(import.meta.dirname, '../crash/page'))
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await served.close()
})

interface Tab {
  page: Page
  log: Log
}

async function openTab(context: BrowserContext, { name, index, steps }: { name: string; index: IndexKind; steps: Step[] }): Promise<Tab> {
  const log = createLog(steps)
  const page = await context.newPage()
  await page.exposeFunction('report', log.onReport)
  await page.goto(served.url)
  await page.waitForFunction(() => 'memoryPage' in window)
  await ask(page, 'open', name, index)
  return { page, log }
}

/** All that was asked of any tab. Of what several wanted to add under one id, with the text of the one who was first. */
function together(tabs: readonly Tab[], firsts: ReadonlyMap<string, Trajectory>): Pick<Log, 'steps' | 'acknowledged' | 'progress'> {
  const steps: Step[] = []
  const acknowledged = new Map<number, never>()
  const progress = new Map<number, number>()
  for (const { log } of tabs) {
    for (const [i, result] of log.acknowledged) acknowledged.set(steps.length + i, result as never)
    for (const [i, imported] of log.progress) progress.set(steps.length + i, imported)
    for (const step of log.steps) {
      const first = step.kind === 'add' ? firsts.get(step.trajectory.id) : undefined
      steps.push(first ? { kind: 'add', trajectory: first } : step)
    }
  }
  return { steps, acknowledged, progress }
}

/** Each tab sees in its next retrieval what each other adds and deletes, also while all are writing. */
async function seeEachOther(tabs: readonly Tab[], draw: Draw): Promise<void> {
  for (const [i, one] of tabs.entries())
    for (const [j, other] of tabs.entries()) {
      if (i === j) continue
      const probe = makeTrajectory(`probe-${i}-${j}`, draw, { success: true, reward: 1 })
      const seen = async (): Promise<boolean> => (await ask(other.page, 'retrieve', { goal: probe.goal })).includes(probe.id)
      await ask(one.page, 'perform', { kind: 'add', trajectory: probe })
      expect(await seen(), `tab ${j} sees what tab ${i} has added`).toBe(true)
      await ask(one.page, 'perform', { kind: 'delete', id: probe.id })
      expect(await seen(), `tab ${j} sees what tab ${i} has deleted`).toBe(false)
    }
}

const surveyOf = ({ page }: Tab, queries: { goal: string; plan: string }[], retrievable: number): Promise<Survey> =>
  ask(page, 'survey', queries, { k: 10_000, graph: false, retrievable })

const results = <T>(tabs: readonly Tab[], kind: Step['kind'], of: (result: never, step: Step) => T): T[] =>
  tabs.flatMap(({ log }) =>
    log.steps.flatMap((step, i) => (step.kind === kind && log.acknowledged.has(i) ? [of(log.acknowledged.get(i) as never, step)] : [])),
  )

test.each([2, 4])(
  '%i tabs write to one memory at once, and one is closed in the middle: the rest agree, and so does a new one',
  async (count) => {
    const seed = Number(process.env['TABS_SEED'] ?? Date.now() % 1_000_000)
    const draw = draws(seededRandom(seed))
    const storm = makeStorm(count, draw)
    const name = `tabs-${count}`
    const context = await browser.newContext()
    const indexes: IndexKind[] = ['auto', 'hnsw', 'exact', 'hnsw']
    const tabs = await Promise.all(storm.tabs.map((steps, i) => openTab(context, { name, index: indexes[i] ?? 'auto', steps })))
    const [closing, ...staying] = draw.some(tabs, count) as [Tab, ...Tab[]]
    await ask(closing.page, 'perform', { kind: 'import', trajectories: storm.before, accept: true })

    const closed = closeAfter(closing, draw.between(3, 20))
    const running = tabs.map(({ page, log }) => ask(page, 'run', log.steps, { lanes: draw.between(1, 3) }))
    void Promise.allSettled(running) // one dies with its tab
    await seeEachOther(staying, draw)
    await closed
    await Promise.all(staying.map(({ log }) => log.ended))
    await seeEachOther(staying, draw)
    console.log(
      `${count} tabs, TABS_SEED=${seed}: acknowledged ${tabs.map(({ log }) => `${log.acknowledged.size} of ${log.steps.length}`).join(', ')}`,
    )
    expect(staying.flatMap(({ log }) => Array.from(log.failed.values()))).toEqual([])
    expect(closing.log.acknowledged.size).toBeLessThan(closing.log.steps.length)

    const fresh = await openTab(context, { name, index: 'exact', steps: [] })
    const dump = (await ask(fresh.page, 'dump', name)) as Dump
    const rows = trajectoriesOf(dump.tables)
    judge({ tabs, storm, dump })

    const active = Array.from(rows.values()).filter(isActive)
    const queries = draw.some(active, 5).map(({ trajectory: { goal, plan } }) => ({ goal, plan }))
    const surveys = await Promise.all([fresh, ...staying].map((tab) => surveyOf(tab, queries, active.length)))
    const [first] = surveys as [Survey, ...Survey[]]
    for (const { stats, ...survey } of surveys) {
      expect(survey).toEqual({ count: first.count, listed: first.listed, retrieved: first.retrieved })
      expect({ ...stats, index: '' }).toEqual({ ...first.stats, index: '' })
    }
    expect(first.listed.map(({ id }) => id).toSorted()).toEqual(Array.from(rows.keys()).toSorted())
    expect(first.retrieved.map((found) => found.map(([id]) => id).toSorted())).toEqual(
      queries.map(() => active.map(({ id }) => id).toSorted()),
    )
    await context.close()
  },
)

/** Closes the tab as soon as it has acknowledged so much. */
function closeAfter({ page, log }: Tab, acknowledged: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (log.acknowledged.size < acknowledged) setTimeout(look, 1)
      else page.close().then(resolve, reject)
    }
    look()
  })
}

function judge({ tabs, storm, dump }: { tabs: Tab[]; storm: ReturnType<typeof makeStorm>; dump: Dump }): void {
  const rows = trajectoriesOf(dump.tables)
  // Of those who add the same id, all are told what the first of them has stored.
  const firsts = new Map(storm.contested.flatMap((id) => (rows.has(id) ? [[id, rows.get(id)?.trajectory as Trajectory] as const] : [])))
  for (const [id, first] of firsts) {
    const given = tabs.flatMap(({ log }) =>
      log.steps.flatMap((step) => (step.kind === 'add' && step.trajectory.id === id ? [step.trajectory] : [])),
    )
    expect(given).toContainEqual(first)
  }
  const told = results(tabs, 'add', ({ stored }: { stored: Trajectory }) => stored).filter(({ id }) => storm.contested.includes(id))
  expect(told).toEqual(told.map(({ id }) => firsts.get(id)))

  const asked = together(tabs, firsts)
  const before = new Map(storm.before.map((one) => [one.id, asImported(one)]))
  const sound = { lost: [], half: [], wrong: [] }
  expect(halfThere(dump, { dimensions: DIMENSIONS, embedded: true })).toEqual([])
  expect(judgeTrajectories(before, asked, dump)).toMatchObject(sound)
  expect(judgeBookings(asked, dump)).toMatchObject(sound)

  // What two have deleted was deleted by one of them, and pruned once.
  const deleted = results(tabs, 'delete', (result: { deleted: boolean }, step) =>
    result.deleted && step.kind === 'delete' ? [step.id] : [],
  ).flat()
  expect(new Set(deleted).size).toBe(deleted.length)
  const pruned = results(tabs, 'record', (result: { pruned: string[] }) => result.pruned).flat()
  expect(new Set(pruned).size).toBe(pruned.length)
}
