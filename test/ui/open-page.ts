/** A page under a strict policy with the real dialog and panel in it, driven by the browser's own keyboard and mouse. */
import path from 'node:path'
import type { Browser, Page } from 'playwright'
import { build } from 'vite'
import { privateZod } from '../../build/private-zod.mjs'
import type { ApprovalRequest } from '../../src/core/environment.ts'
import { launchChromium } from '../support/chromium.ts'
import { serveFiles } from '../support/static-server.ts'

const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const HTML = `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>Shop</title>
<link rel="stylesheet" href="/page.css"><script type="module" src="/app.js"></script></head><body>
<h1>A shop</h1><p>Everything here is the page's own.</p><button id="pay">Pay</button><input id="name" value="Ada">
<dialog id="other"><p>The page's own dialog</p></dialog><div id="popover" popover="manual">The page's popover</div></body></html>`

const CSS = `body { font: 16px sans-serif; margin: 24px } reprise-approval, reprise-approval * { display: none !important; visibility: hidden !important;
pointer-events: none !important; opacity: 0 !important; color: white !important } #popover { position: fixed; inset: 0; width: 100%; height: 100% }
dialog { width: 90vw; height: 90vh }`

/** Runs before the page: keeps what a test wants to look at. The library itself asks for a closed root. */
const SPY = `
window.roots = []; window.violations = []; window.heard = [];
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (init) { const root = attach.call(this, init); window.roots.push({ root, mode: init.mode, host: this }); return root };
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
for (const type of ['click', 'keydown', 'pointerdown', 'focusin']) document.addEventListener(type, (event) => window.heard.push(type));
`

export interface Spied extends Window {
  roots: { root: ShadowRoot; mode: string; host: HTMLElement }[]
  violations: string[]
  heard: string[]
  UI: typeof import('../../src/presets/ui.ts')
  secondCopy(): Promise<Spied['UI']>
  answers: Record<string, unknown>
}

export interface Shop {
  browser: Browser
  open(options?: { width?: number; height?: number; dark?: boolean }): Promise<Page>
  close(): Promise<void>
}

export async function openShop(): Promise<Shop> {
  const server = await serveFiles({
    pages: {
      '/': HTML,
      '/page.css': CSS,
      '/app.js': "import * as UI from './ui.js'; window.answers = {}; window.secondCopy = () => import('./ui.js?copy'); window.UI = UI",
      '/ui.js': await bundled(),
    },
    headers: { 'content-security-policy': POLICY },
  })
  const browser = await launchChromium()
  return {
    browser,
    async open({ width = 800, height = 700, dark = false } = {}) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' })
      await page.addInitScript(SPY)
      await page.goto(server.origin)
      await page.waitForFunction(() => 'UI' in window)
      return page
    },
    async close() {
      await browser.close()
      await server.close()
    },
  }
}

async function bundled(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [privateZod()],
    build: {
      write: false,
      minify: false,
      lib: { entry: path.resolve(import.meta.dirname, '../../src/presets/ui.ts'), formats: ['es'] },
    },
  })
  const chunk = [result]
    .flat()
    .flatMap((part) => ('output' in part ? part.output : []))
    .find((file) => file.type === 'chunk')
  return chunk?.code ?? ''
}

export const ORDER: ApprovalRequest = {
  effect: 'pay',
  action: 'click({"ref":"e12"})',
  description: 'Press the button “Place order”, which sends the form “Checkout” with card fields.',
  details: {
    url: 'https://pay.example.com/checkout/42?step=confirm',
    method: 'POST',
    fields: ['Name', 'Street', 'Card number [card number]'],
    secret: 'visa',
  },
  scope: 'the form “Checkout”',
}

/** Asks, keeps the answer under `name`, and waits until the question is seen. */
export async function ask(page: Page, request: ApprovalRequest, { armAfterMs = 0, name = 'it' } = {}): Promise<void> {
  await page.evaluate(
    ({ text, armAfterMs, name }) => {
      const spied = window as unknown as Spied
      const request = JSON.parse(text) as ApprovalRequest
      void spied.UI.confirmDialog({ armAfterMs })(request).then((answer) => (spied.answers[name] = answer))
    },
    { text: JSON.stringify(request), armAfterMs, name },
  )
  await page.waitForFunction(() => (window as unknown as Spied).roots.some(({ root }) => root.querySelector('dialog[open]')))
}

/** Undefined while nobody has answered. */
export const answerOf = (page: Page, name = 'it'): Promise<unknown> =>
  page.evaluate((name) => (window as unknown as Spied).answers[name], name)

export const answered = async (page: Page, name = 'it'): Promise<unknown> => {
  await page.waitForFunction((name) => name in (window as unknown as Spied).answers, name)
  return answerOf(page, name)
}

export const armed = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => (window as unknown as Spied).roots.at(-1)?.root.querySelector('dialog.armed'))

/** Where a button of the dialog, or of the panel, is: its middle. */
export async function middleOf(page: Page, text: string): Promise<{ x: number; y: number }> {
  const found = await page.evaluate((text) => {
    const root = (window as unknown as Spied).roots.findLast(({ host }) => host.isConnected)?.root
    const button = [...(root?.querySelectorAll('button') ?? [])].find((one) => one.textContent === text)
    const box = button?.getBoundingClientRect()
    return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  }, text)
  if (!found) throw new Error(`No button “${text}” is shown.`)
  return found
}

export async function press(page: Page, text: string): Promise<void> {
  const { x, y } = await middleOf(page, text)
  await page.mouse.click(x, y)
}
