/** A Chromium for tests that drive whole pages. */
import { chromium, type Browser, type Page } from 'playwright'
import { CHROMIUM_FLAGS, findBrowser } from '../../tools/find-browser.mjs'

export async function launchChromium(): Promise<Browser> {
  const executablePath = findBrowser()
  return chromium.launch({ ...(executablePath && { executablePath }), args: CHROMIUM_FLAGS })
}

export interface Heard {
  /** Lines of `console.log`. */
  lines: string[]
  /** Console errors, uncaught exceptions and failed requests of this machine. */
  faults: string[]
}

/** Collects what a page says. */
export function listenTo(page: Page): Heard {
  const heard: Heard = { lines: [], faults: [] }
  page.on('console', (message) => {
    if (message.location().url.endsWith('/favicon.ico')) return
    if (message.type() === 'error') heard.faults.push(message.text())
    else heard.lines.push(message.text())
  })
  page.on('pageerror', (error) => heard.faults.push(String(error)))
  return heard
}
