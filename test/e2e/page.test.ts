/** The built library on whole sites: an agent that does tasks in the fixture apps, through the pages it leaves and comes to. */
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Effect } from '../../src/core/environment.ts'
import { SECRETS, TASKS } from '../fixtures/apps/tasks.ts'
import { startApps, type AppServer } from '../support/app-server.ts'
import { launchChromium, listenTo } from '../support/chromium.ts'
import { buildHost } from './host-build.ts'
import type { TaskResult } from './pages/page-host.ts'

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
