/**
 * The main job, end to end, on the built package: in several worlds an agent with an empty memory trains on 60 goals, the page is
 * reloaded, and goals never tried are run with what was learned and without. Real model, real memory worker, real IndexedDB, fixed seeds.
 */
import path from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Trajectory } from '../../src/core/trajectory.ts'
import { createTextWorld, deriveSeed, simulateExplorer, simulateIdeal, type TextWorld } from '../../src/embedded/index.ts'
import { launchChromium } from '../support/chromium.ts'
import { serveFiles, type StaticServer } from '../support/static-server.ts'
import { shareOf, show, type Share } from './statistics.ts'
import { readFileSync } from 'node:fs'

const WORLDS = [11, 12, 13, 14, 15, 16]
const GOALS = 60
const FRESH = 20

interface Result {
  learned: boolean[]
  withMemory: boolean[]
  without: boolean[]
  explorer: boolean[]
  ideal: boolean[]
  idealFresh: boolean[]
}

const root = path.resolve(import.meta.dirname, '../..')
const results: Result[] = []
let server: StaticServer
let browser: Browser

const successes = (attempts: readonly { success: boolean }[]): boolean[] => attempts.map(({ success }) => success)
const all = (pick: (result: Result) => boolean[]): Share => shareOf(results.flatMap(pick))

async function inWorld(page: Page, seed: number): Promise<Result> {
  const world = createTextWorld({ seed })
  const goals = world.goals(GOALS, { seed: deriveSeed(seed, 1) })
  const fresh = untried(world, goals, seed)
  const { learned, stored } = await call<{ learned: boolean[]; stored: number }>(page, 'train', { seed, goals })
  expect(stored).toBe(learned.filter(Boolean).length)

  await page.reload()
  const after = await call<{ stored: number; after: number; known: Trajectory[]; withMemory: boolean[]; without: boolean[] }>(
    page,
    'compare',
    { seed, goals: fresh },
  )
  expect([after.stored, after.after]).toEqual([stored, stored])
  return {
    learned,
    withMemory: after.withMemory,
    without: after.without,
    explorer: successes(simulateExplorer(world, fresh, { seed })),
    ideal: successes(simulateIdeal(world, goals, { seed })),
    idealFresh: successes(simulateIdeal(world, fresh, { seed, known: after.known, learn: false })),
  }
}

/** Goals that were not trained on, word for word, and differ among themselves. (One family has three goals in all: it has none left.) */
function untried(world: TextWorld, trained: readonly string[], seed: number): string[] {
  const drawn = new Set(world.goals(1000, { seed: deriveSeed(seed, 2) }))
  return [...drawn].filter((goal) => !trained.includes(goal)).slice(0, FRESH)
}

function call<T>(page: Page, name: string, input: object): Promise<T> {
  return page.evaluate(`${name}(${JSON.stringify(input)})`)
}

beforeAll(async () => {
  const script = readFileSync(path.join(import.meta.dirname, 'pages/learning.js'), 'utf8')
  const html = '<!doctype html><link rel="icon" href="data:,"><script src="/reprise.iife.js"></script><script src="/learning.js"></script>'
  server = await serveFiles({ folder: path.join(root, 'dist'), pages: { '/': html, '/learning.js': script } })
  browser = await launchChromium()
  const waiting = [...WORLDS]
  const lane = async (): Promise<void> => {
    const page = await browser.newPage()
    await page.goto(`${server.origin}/`)
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) results.push(await inWorld(page, seed))
  }
  await Promise.all([lane(), lane()])
}, 600_000)

afterAll(async () => {
  await browser.close()
  await server.close()
  const tens = [0, 10, 20, 30, 40, 50]
  const perTen = (pick: (result: Result) => boolean[]): string =>
    tens
      .map((at) =>
        all((result) => pick(result).slice(at, at + 10))
          .percent.toFixed(1)
          .padStart(5),
      )
      .join(' ')
  console.log(
    [
      `Text world 6×5 options, ${WORLDS.length} worlds, ${GOALS} goals each, k = 4, temperature 0.7; success within 6 steps, Wilson 95 %`,
      `  per ten goals, agent     ${perTen(({ learned }) => learned)}`,
      `  per ten goals, ideal     ${perTen(({ ideal }) => ideal)}`,
      `  first 10 goals           ${show(all(({ learned }) => learned.slice(0, 10)))}`,
      `  last 20 goals            ${show(all(({ learned }) => learned.slice(-20)))}`,
      `  ideal, last 20 goals     ${show(all(({ ideal }) => ideal.slice(-20)))}`,
      `  untried goals, memory    ${show(all(({ withMemory }) => withMemory))}`,
      `  untried, no memory       ${show(all(({ without }) => without))}`,
      `  uniform explorer         ${show(all(({ explorer }) => explorer))}`,
      `  ideal with these rules   ${show(all(({ idealFresh }) => idealFresh))}`,
    ].join('\n'),
  )
})

test('an agent with an empty memory gets better within 60 goals', () => {
  const early = all(({ learned }) => learned.slice(0, 10))
  const late = all(({ learned }) => learned.slice(-20))
  expect(late.low).toBeGreaterThan(early.high)
})

test('after a reload, goals never tried succeed with the memory and not without it', () => {
  expect(all(({ withMemory }) => withMemory).low).toBeGreaterThan(all(({ without }) => without).high)
})

test('the last 20 goals succeed as often as with an agent that applies every rule it has seen', () => {
  const late = all(({ learned }) => learned.slice(-20))
  const ideal = all((result) => result.ideal.slice(-20))
  expect(late.high).toBeGreaterThan(ideal.percent)
  expect(late.percent).toBeGreaterThan(80)
})

test('without memory the model does no better than an explorer, and with it no better than one that knows the stored rules', () => {
  expect(all(({ without }) => without).low).toBeLessThan(all(({ explorer }) => explorer).high)
  expect(all(({ withMemory }) => withMemory).low).toBeLessThan(all(({ idealFresh }) => idealFresh).high)
})
