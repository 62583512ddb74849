/** The built playground behind a server of its own, and pages that show it, for tests. */
import { afterAll, beforeAll, expect } from 'vitest'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { build, preview, type PreviewServer } from 'vite'
import { CHROMIUM_FLAGS, ensureBrowser } from '../../tools/find-browser.mjs'

/** Goals per press of Train. */
export const GOALS = 12
export const MINUTES = 60_000

let server: PreviewServer
let browser: Browser
export let address: string

beforeAll(async () => {
  await build({ configFile: 'vite.config.ts', logLevel: 'error' })
  server = await preview({ configFile: 'vite.config.ts', logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } })
  const bound = server.httpServer.address()
  if (bound === null || typeof bound === 'string') throw new Error('The preview server has no port')
  address = `http://127.0.0.1:${bound.port}/?goals=${GOALS}&compare=3&seed=1&draw=1`
  browser = await chromium.launch({ executablePath: ensureBrowser(), args: CHROMIUM_FLAGS })
}, 3 * MINUTES)

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

/** A page in a profile of its own, and all that it logs, throws or sees refused by its policy. */
export async function openPage(
  prepare?: (context: BrowserContext) => Promise<unknown>,
  usable = 'train',
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  await prepare?.(context)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error(`policy violation: ${violatedDirective} ${blockedURI}`)
    })
  })
  await page.goto(address)
  await page.waitForSelector(`#${usable}:not([disabled])`)
  return { page, complaints }
}

export async function ready(page: Page): Promise<void> {
  await page.waitForSelector('#train:not([disabled])')
}

/** Waits for the run that was just begun. */
export async function finished(page: Page): Promise<void> {
  await page.waitForSelector('#stop:not([disabled])')
  await page.waitForSelector('#train:not([disabled])', { timeout: 2 * MINUTES })
  await expect.poll(() => page.innerText('#status')).toContain('is done')
}

export async function setUp(page: Page, choose: () => Promise<void>): Promise<void> {
  await page.click('#setup-open')
  await choose()
  await page.click('#setup-form button[type=submit]')
  await ready(page)
}

/** Waits for what a busy machine may take long to show. */
export function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: 30_000 })
}

export async function expectText(page: Page, selector: string, text: string): Promise<void> {
  await eventually(() => page.innerText(selector)).toContain(text)
}

export async function figure(page: Page, list: string, name: string): Promise<string> {
  return page
    .locator(`${list} div`, { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
    .locator('dd')
    .innerText()
}

export async function solved(page: Page): Promise<number> {
  return page.locator('#episodes > details > summary .verdict.success').count()
}

export async function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.id ?? '')
}

export async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}
