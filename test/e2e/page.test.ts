/** The built library on whole sites: an agent that does tasks in the fixture apps, through the pages it leaves and comes to. */
import type { Browser, BrowserContext } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TASKS } from '../fixtures/apps/tasks.ts'
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

async function solve(context: BrowserContext, id: string): Promise<TaskResult & { faults: string[] }> {
  const task = TASKS.find((one) => one.id === id)
  if (!task) throw new Error(`There is no task ${id}.`)
  const page = await context.newPage()
  const { faults } = listenTo(page)
  await page.goto(`${apps.url}${task.start}`)
  await page.waitForFunction(() => 'startTask' in window)
  await page.evaluate((name) => window.startTask(name), id)
  await page.waitForFunction(() => sessionStorage.getItem('result') !== null, undefined, { timeout: 60_000 })
  const result = await page.evaluate(() => JSON.parse(sessionStorage.getItem('result') ?? '{}') as TaskResult)
  return { ...result, faults }
}

const RUN = (process.env['TASKS'] ?? '').split(',').filter((id) => id !== '')

test('every task of the fixture apps is done by an agent in the page', { timeout: 600_000 }, async () => {
  const failed: string[] = []
  for (const { id, effect } of TASKS) {
    if (RUN.length > 0 && !RUN.includes(id)) continue
    const context = await browser.newContext()
    const result = await solve(context, id).catch((error: unknown) => ({
      success: false,
      error: String(error),
      faults: [],
      asked: [],
      steps: [],
      outcome: '',
    }))
    if (!result.success || result.faults.length > 0) {
      failed.push(id)
      console.log(id, effect, JSON.stringify(result, null, 1).slice(0, 6000))
    }
    console.log(id, effect, result.success, result.asked.join(' '))
    await context.close()
  }
  expect(failed).toEqual([])
})
