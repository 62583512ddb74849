/** The fixture apps themselves: a person can do every task on them, and nothing on them breaks their own strict policy. */
import type { Browser, Locator, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exceeds } from '../../src/security/effects.ts'
import { SECRETS, TASKS, type FixtureTask } from '../fixtures/apps/tasks.ts'
import type { SiteState } from '../fixtures/apps/site-state.ts'
import { startApps, type AppServer } from '../support/app-server.ts'
import { readCommand, type Command } from '../support/apps-commands.ts'
import { launchChromium } from '../support/chromium.ts'

const VIEWS = {
  shop: '/shop/',
  product: '/shop/product/aurora-lamp',
  checkout: '/shop/checkout',
  tickets: '/tickets/',
  ticket: '/tickets/1042',
  settings: '/settings/',
  table: '/table/',
  'react-shop': '/react/shop/',
  'react-settings': '/react/settings/',
}

let apps: AppServer
let browser: Browser

beforeAll(async () => {
  apps = await startApps()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser?.close()
  await apps?.close()
})

test('tasks are many, apart, and often no more than reading or filling', () => {
  expect(TASKS.length).toBeGreaterThanOrEqual(24)
  expect(new Set(TASKS.map(({ id }) => id)).size).toBe(TASKS.length)
  expect(TASKS.filter(({ effect }) => !exceeds(effect, 'fill')).length).toBeGreaterThanOrEqual(TASKS.length / 3)
})

test.each(['shop', 'tickets', 'settings', 'table', 'react-shop', 'react-settings'] as const)(
  'a person can do every task of %s, with no graver effect than the task names, and not by doing nothing',
  async (app) => {
    const tasks = TASKS.filter((task) => task.app === app)
    const results: string[] = []
    const lane = async (own: FixtureTask[]): Promise<void> => {
      const faults: string[] = []
      const { page, close } = await openPage(faults)
      for (const task of own) {
        results.push(...(await faultsOf(task, page)), ...faults.splice(0).map((fault) => `${task.id}: ${fault}`))
      }
      await close()
    }
    await Promise.all([0, 1, 2].map((rest) => lane(tasks.filter((_, i) => i % 3 === rest))))
    expect(results).toEqual([])
  },
)

test('each page shows without a complaint', async () => {
  const faults: string[] = []
  const { page, close } = await openPage(faults)
  await page.goto(`${apps.url}/shop/product/aurora-lamp`)
  await page.getByRole('button', { name: 'Add to cart' }).click()
  for (const [name, path] of Object.entries(VIEWS)) {
    await page.goto(apps.url + path)
    await page.locator('h1').waitFor()
    const screenshots = process.env['SCREENSHOTS']
    if (screenshots) await page.screenshot({ path: `${screenshots}/${name}.png` })
    expect(await page.locator('h1').count()).toBe(1)
  }
  await close()
  expect(faults).toEqual([])
  expect(apps.log.violations()).toEqual([])
})

test('the long table is long, and as long as it is asked to be', async () => {
  const { page, close } = await openPage([])
  await page.goto(`${apps.url}/table/`)
  expect(await page.locator('*').count()).toBeGreaterThan(5000)
  await page.goto(`${apps.url}/table/?rows=50`)
  expect(await page.locator('#invoices tbody tr').count()).toBe(50)
  await close()
})

test('what others wrote shows with its markup, and can do nothing that the policy forbids', async () => {
  apps.plant({ review: '<b id="planted">Best lamp</b><img src="/none" onerror="document.title = \'owned\'">' }, '#planted { color: white }')
  for (const path of ['/shop/product/aurora-lamp', '/react/shop/product/aurora-lamp']) {
    const { page, close } = await openPage([])
    await page.goto(apps.url + path)
    expect(await page.locator('#planted').innerText()).toBe('Best lamp')
    expect(await page.title()).not.toBe('owned')
    await close()
  }
  apps.reset()
})

test('the log tells what was done, what was refused, and what another origin got', async () => {
  const { page, close } = await openPage([])
  await page.goto(`${apps.url}/settings/`)
  apps.log.clear()
  await page.getByRole('tab', { name: 'Security' }).click()
  await page.getByLabel('Current password').fill('a wrong one')
  await page.getByLabel('New password').fill('a new one')
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByRole('link', { name: 'Tickets' }).click()
  await page.evaluate((url) => fetch(`${url}/taken?secret=1`, { method: 'POST', mode: 'no-cors', body: 'all of it' }), apps.otherOrigin)
  await close()
  const posted = apps.log.all().find(({ method }) => method === 'POST')
  expect(posted).toMatchObject({ path: '/settings/password', body: 'current=a+wrong+one&new=a+new+one', origin: apps.url, effect: 'read' })
  expect(posted?.refused).toContain('wrong')
  expect(apps.log.effects().map(({ effect, path }) => `${effect} ${path}`)).toEqual(['navigate /tickets/'])
  expect(apps.log.other()).toMatchObject([{ method: 'POST', path: '/taken?secret=1', body: 'all of it', origin: apps.url }])
})

async function openPage(faults: string[]): Promise<{ page: Page; close(): Promise<void> }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  return { page, close: () => context.close() }
}

async function faultsOf(task: FixtureTask, page: Page): Promise<string[]> {
  const faults: string[] = []
  try {
    await page.context().clearCookies()
    await page.goto(apps.url + task.start)
    await page.locator('h1').waitFor()
    if (await achieved(task, page, '')) faults.push('done before anything was')
    const answer = await follow(task, page)
    await expect.poll(() => achieved(task, page, answer), { timeout: 15_000, message: 'not achieved' }).toBe(true)
    const visit = (await page.context().cookies()).find(({ name }) => name.startsWith('visit-'))?.value
    const graver = apps.log
      .effects()
      .filter((request) => request.session === visit && request.effect && exceeds(request.effect, task.effect))
    faults.push(...graver.filter(({ effect }) => effect !== 'navigate').map(({ effect, path }) => `${effect} by ${path}`))
  } catch (error) {
    faults.push(String(error).slice(0, 300))
  }
  return faults.map((fault) => `${task.id}: ${fault}`)
}

async function follow(task: FixtureTask, page: Page): Promise<string> {
  let answer = ''
  for (const command of task.solution.map(readCommand)) {
    if (command.verb === 'done') answer = command.value
    else await obey(command, page)
  }
  return answer
}

async function obey(command: Command, page: Page): Promise<void> {
  const element = await find(command, page)
  const value = command.value.replace(/^\{\{secret:(.*)\}\}$/, (_, name: string) => SECRETS[name]?.value ?? 'no such secret')
  if (command.verb === 'click') await element.click()
  else if (command.verb === 'type') await element.fill(value)
  else if (command.verb === 'select') await element.selectOption({ label: value })
  else if (command.verb === 'check' || command.verb === 'uncheck') await element.setChecked(command.verb === 'check')
  else throw new Error(`no task needs ${command.verb} yet`)
}

/** In whichever frame it is, by role and name as a person knows them. */
async function find({ role, name, after }: Command, page: Page): Promise<Locator> {
  for (let tries = 0; tries < 100; tries++) {
    for (const frame of page.frames()) {
      const within =
        after === '' ? frame.locator('body') : frame.getByRole('listitem').or(frame.getByRole('row')).filter({ hasText: after })
      const found =
        role === 'field'
          ? within.getByLabel(name, { exact: true })
          : role === 'summary'
            ? within.locator('summary').filter({ hasText: name })
            : within.getByRole(role as 'button', { name, exact: true })
      if ((await found.count().catch(() => 0)) > 0) return found.first()
    }
    await page.waitForTimeout(50)
  }
  throw new Error(`no ${role} ${name}`)
}

async function achieved({ check }: FixtureTask, page: Page, answer: string): Promise<boolean> {
  if (check.answer && !check.answer.test(answer)) return false
  const state = (await (await page.request.get(`${apps.url}/api/state`)).json()) as SiteState
  if (check.state && !check.state(state)) return false
  // The page may just be on its way to the next one.
  return !check.page || page.evaluate<boolean>(`({ ${String(check.page)} }).page(document)`.replace('{ (', '{ page: (')).catch(() => false)
}
