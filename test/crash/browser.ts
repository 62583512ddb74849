/** A browser with a profile on disk, and the ways in which what runs in it dies. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright'
import { CHROMIUM_FLAGS, findBrowser } from '../../tools/find-browser.mjs'
import type { PageApi, Report } from './page-api.ts'

export const WAYS = ['renderer', 'worker', 'tab', 'browser'] as const
export type Way = (typeof WAYS)[number]

export interface CrashingBrowser {
  /** A page that is ready, in the browser, which is started where it is not running. */
  open(onReport: (report: Report) => void): Promise<Page>
  /** Prepares to kill: what is returned does it at once. */
  arm(page: Page, way: Way): Promise<() => Promise<void>>
  close(): Promise<void>
}

export function createCrashingBrowser(url: string): CrashingBrowser {
  const profile = mkdtempSync(path.join(tmpdir(), 'reprise-crash-'))
  let context: BrowserContext | undefined
  const start = async (): Promise<BrowserContext> => {
    const executablePath = findBrowser()
    const started = await chromium.launchPersistentContext(profile, { ...(executablePath && { executablePath }), args: CHROMIUM_FLAGS })
    started.once('close', () => (context = context === started ? undefined : context))
    return started
  }

  return {
    async open(onReport) {
      context ??= await start()
      const page = await context.newPage().catch(async (error: unknown) => {
        // It has died by itself: what that has done is found by the inspection as well.
        await context?.close().catch(() => {})
        if (context) throw error
        context = await start()
        return context.newPage()
      })
      await page.exposeFunction('report', onReport)
      await page.goto(url)
      await page.waitForFunction(() => 'memoryPage' in window)
      return page
    },
    async arm(page, way) {
      if (way === 'worker') return () => ask(page, 'terminateWorker')
      if (way === 'tab') return () => page.close()
      return way === 'browser' ? armBrowser(page.context()) : armRenderer(page)
    },
    async close() {
      await context?.close().catch(() => {})
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Calls the page. */
export function ask<M extends keyof PageApi>(
  page: Page,
  method: M,
  ...input: Parameters<PageApi[M]>
): Promise<Awaited<ReturnType<PageApi[M]>>> {
  // As text: the types of what Playwright passes on are too deep for these.
  return page.evaluate(
    async ([name, text]) => {
      const call = window.memoryPage[name as keyof PageApi] as (...given: unknown[]) => unknown
      return (await call(...(JSON.parse(text) as unknown[]))) as never
    },
    [method as string, JSON.stringify(input)] as const,
  )
}

async function armRenderer(page: Page): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page)
  const crashed = new Promise((resolve) => page.once('crash', resolve))
  return async () => {
    session.send('Page.crash').catch(() => {}) // nobody is left to answer
    await crashed
    await page.close()
  }
}

/** The process that this test started; it has no time to say goodbye. */
async function armBrowser(context: BrowserContext): Promise<() => Promise<void>> {
  const session = await context.browser()?.newBrowserCDPSession()
  const { processInfo } = (await session?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] }
  const id = processInfo.find(({ type }) => type === 'browser')?.id
  if (id === undefined) throw new Error('The browser does not name its process')
  const died = new Promise((resolve) => context.once('close', resolve))
  return async () => {
    process.kill(id, 'SIGKILL')
    await died
  }
}
