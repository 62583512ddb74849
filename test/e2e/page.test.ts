/** The built library on whole sites: an agent that does tasks in the fixture apps, through the pages it leaves and comes to. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Effect } from '../../src/core/environment.ts'
import type { Decision, Situation } from '../../src/core/policy.ts'
import type { createAgent, hashEmbedder, openMemory } from '../../src/index.ts'
import type { loadEnvironments } from '../../src/presets/lazy.ts'
import { SECRETS, TASKS } from '../fixtures/apps/tasks.ts'
import { startApps, type AppServer } from '../support/app-server.ts'
import { launchChromium, listenTo } from '../support/chromium.ts'
import { buildHost } from './host-build.ts'
import type { TaskResult } from './pages/page-host.ts'

/** What the script tag puts on the page, as far as it is used here. */
interface ScriptTag {
  createAgent: typeof createAgent
  hashEmbedder: typeof hashEmbedder
  openMemory: typeof openMemory
  loadEnvironments: typeof loadEnvironments
}

let apps: AppServer
let browser: Browser

beforeAll(async () => {
  const host = await buildHost('test/e2e/pages/page-host.ts')
  apps = await startApps({ head: '<script type="module" src="/host/host.js"></script>', folders: { '/host/': host } })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await apps?.close()
})

async function begin(page: Page, id: string, given: Record<string, string> = {}): Promise<void> {
  const task = TASKS.find((one) => one.id === id)
  if (!task) throw new Error(`There is no task ${id}.`)
  await page.goto(`${apps.url}${task.start}`)
  await page.waitForFunction(() => 'startTask' in window)
  await page.evaluate((items) => Object.assign(sessionStorage, items), given)
  await page.evaluate((name) => window.startTask(name), id)
}

async function resultOf(page: Page): Promise<TaskResult> {
  await page.waitForFunction(() => sessionStorage.getItem('result') !== null, undefined, { timeout: 60_000 })
  return page.evaluate(() => JSON.parse(sessionStorage.getItem('result') ?? '{}') as TaskResult)
}

async function solve(context: BrowserContext, id: string): Promise<TaskResult & { page: Page; faults: string[] }> {
  const page = await context.newPage()
  const { faults } = listenTo(page)
  await begin(page, id)
  return { ...(await resultOf(page)), page, faults }
}

/** What is asked for on the way; secrets are asked for as what filling them in is. */
const CHOSEN: readonly [id: string, asked: readonly Effect[]][] = [
  ['shop-warranty', []],
  ['shop-step-quantity', []], // in a shadow tree
  ['shop-add-two-chairs', ['submit']],
  ['shop-buy', ['submit', 'navigate', 'submit', 'fill', 'fill', 'fill', 'pay']], // with a frame, over four pages
  ['tickets-draft-note', []], // in a frame
  ['tickets-label', ['navigate', 'submit']],
  ['tickets-delete', ['destructive', 'destructive']],
  ['settings-sign-in', ['fill', 'submit', 'fill', 'submit']],
  ['settings-tidy', ['destructive']], // a friendly label
  ['table-find', []], // 5,000 elements
  ['table-largest', ['navigate', 'navigate']],
  ['react-shop-buy', ['submit', 'navigate', 'submit', 'fill', 'fill', 'fill', 'pay']],
  ['react-settings-delete-account', ['destructive', 'destructive']],
]

test.each(CHOSEN)('%s is done by an agent in the page, with leave for what it needs and no more', async (id, asked) => {
  const context = await browser.newContext()
  const { page, ...result } = await solve(context, id)
  expect(result).toMatchObject({ success: true, stored: true, asked, faults: [] })
  expect(apps.log.violations()).toEqual([])
  const stored = await page.evaluate(() => window.dumpDatabases())
  for (const { value } of Object.values(SECRETS)) expect(stored).not.toContain(value)
  expect(stored).not.toMatch(/4242.?4242/)
  await context.close()
})

test('a run goes on after its page was loaded anew, and does nothing twice or unasked', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await begin(page, 'shop-add-two-chairs', { answer: 'never' })
  await page.waitForFunction(() => sessionStorage.getItem('asked') !== null)
  await page.evaluate(() => sessionStorage.removeItem('answer'))
  await page.reload()
  const result = await resultOf(page)
  expect(result).toMatchObject({ resumed: true, asked: ['submit'] })
  expect(result.steps[result.steps.length - 1]?.action).toContain('done')
  expect(JSON.stringify(result.steps)).toContain('loaded anew')
  // What was being asked about when the page went was not done.
  expect(apps.state().shop.cart).toEqual([])
  await context.close()
})

test('a tab that is closed leaves a run that no other tab takes up', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await begin(page, 'shop-add-two-chairs', { answer: 'never' })
  await page.waitForFunction(() => sessionStorage.getItem('asked') !== null)
  await page.close()
  const other = await context.newPage()
  await other.goto(`${apps.url}${TASKS.find(({ id }) => id === 'shop-add-two-chairs')?.start}`)
  await other.evaluate(() => sessionStorage.setItem('task', 'shop-add-two-chairs'))
  await other.reload()
  await other.waitForFunction(() => 'startTask' in window)
  await other.waitForTimeout(500)
  expect(await other.evaluate(() => [sessionStorage.getItem('result'), sessionStorage.getItem('asked')])).toEqual([null, null])
  await context.close()
})

test('the embedded model plays its world through a page, and learns there', { timeout: 240_000 }, async () => {
  const host = await buildHost('test/e2e/pages/world-host.ts')
  const site = await startApps({ head: '<script type="module" src="/host/host.js"></script>', folders: { '/host/': host }, react: false })
  const page = await browser.newPage()
  const { faults } = listenTo(page)
  await page.goto(`${site.url}/settings/`)
  await page.waitForFunction(() => 'playWorld' in window)
  const play = (k: number): Promise<{ outcomes: boolean[]; pageText: boolean; source?: string }> =>
    page.evaluate((given) => window.playWorld(given), { seed: 5, train: k === 0 ? 0 : 20, test: 12, k })
  const learned = await play(4)
  const without = await play(0)
  const wins = ({ outcomes }: { outcomes: boolean[] }): number => outcomes.filter(Boolean).length
  console.log(`won with memory ${wins(learned)}, without ${wins(without)} of 12`)
  expect(learned).toMatchObject({ pageText: true, source: `${site.url}/settings` })
  expect(wins(learned)).toBeGreaterThan(wins(without))
  expect(faults).toEqual([])
  await page.close()
  await site.close()
})

test('the script tag of another origin, with integrity, sees, asks and acts under a policy that lets it in', async () => {
  const dist = fileURLToPath(new URL('../../dist', import.meta.url))
  const hash = createHash('sha384')
    .update(readFileSync(path.join(dist, 'reprise.iife.js')))
    .digest('base64')
  const other = await startApps({ react: false })
  const site = await startApps({
    react: false,
    policy: `script-src 'self' 'wasm-unsafe-eval' ${other.otherOrigin} blob:; worker-src 'self' blob:; style-src 'self'; object-src 'none'; require-trusted-types-for 'script'`,
    head: `<script src="${other.otherOrigin}/reprise/reprise.iife.js" integrity="sha384-${hash}" crossorigin="anonymous"></script>`,
  })
  const page = await browser.newPage()
  const { faults } = listenTo(page)
  await page.goto(`${site.url}/settings/`)
  const result = await page.evaluate(async () => {
    const { Reprise } = globalThis as unknown as { Reprise: ScriptTag }
    const { pageEnvironment } = await Reprise.loadEnvironments()
    const memory = await Reprise.openMemory({ name: 'tag', embedder: Reprise.hashEmbedder({ dimensions: 64 }) })
    const asked: string[] = []
    const act = ({ observation }: Situation): string => {
      const ref = (name: string): string | undefined => new RegExp(`\\[(e\\d+)\\] [a-z]+ "${name}"`).exec(inspect(observation))?.[1]
      const next = ref('Tidy up my workspace') ?? ref('Workspace')
      return asked.length > 0 || next === undefined ? 'done({"answer":"x"})' : `click({"ref":"${next}"})`
    }
    const decision = (text: string): Promise<Decision> =>
      Promise.resolve({ text, model: 'm', usage: { inputTokens: 0, outputTokens: 0 }, shown: [] })
    const inspect = (value: unknown): string => value as string
    const agent = Reprise.createAgent({
      memory,
      policy: { plan: () => decision('p'), reason: () => decision('r'), act: (situation) => decision(act(situation)) },
      confirm: ({ effect }) => (asked.push(effect), false),
    })
    const trajectory = await agent.train(pageEnvironment(), 'tidy up')
    const { total } = await memory.list({ status: 'quarantined' }).then(({ items }) => ({ total: items.length }))
    return { asked, actions: trajectory.steps.map(({ action }) => action.split('(')[0]), total, judged: trajectory.provenance.rewardSource }
  })
  expect(result).toEqual({ asked: ['destructive'], actions: ['click', 'click', 'done'], total: 1, judged: 'agent' })
  expect(site.state().settings.projects).toHaveLength(3)
  expect(faults).toEqual([])
  expect(site.log.violations()).toEqual([])
  await Promise.all([page.close(), site.close(), other.close()])
})
