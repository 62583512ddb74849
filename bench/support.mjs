/** Builds a bench's page for production, serves it, and runs it in a Chromium of its own. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { build, defaultClientConditions, preview } from 'vite'
import { assetUrls, ORT_CONDITION } from '../build/assets-plugin.mjs'
import { privateZod } from '../build/private-zod.mjs'
import { CHROMIUM_FLAGS, ensureBrowser } from '../tools/find-browser.mjs'

// An isolated page has a clock of 5 µs; others have one of 100 µs.
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }

const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs one page and passes on what it prints. */
export function runPage(name, { query = {}, files } = {}) {
  return runPages(name, { query, files, pages: [{}], print: (message) => console.log(message.text()) })
}

/**
 * Resolves once every page has finished, which it says by its title; rejects when one of them broke.
 * @param name folder below `bench/` with an `index.html`
 * @param outDir folder of the built page
 * @param files made once into the built page's folder, `(folder) => void`
 * @param pages one object of functions for each page, which finds them as globals
 * @param print hears the pages' console
 */
export async function runPages(name, { outDir, query = {}, files, pages, print }) {
  const served = await servePage(name, { outDir, files })
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: CHROMIUM_FLAGS })
  try {
    await Promise.all(pages.map((functions) => runTab(browser, served.urlWith(query), { functions, print })))
  } finally {
    await browser.close()
    await served.close()
  }
}

/** Builds a page and serves it. */
export async function servePage(name, { outDir = path.join(root, '.cache/bench', name), files }) {
  await build({
    root: path.join(root, 'bench', name),
    configFile: false,
    logLevel: 'error',
    base: './',
    plugins: [assetUrls('source'), privateZod()],
    worker: { format: 'es', plugins: () => [privateZod()], rolldownOptions: { output: { codeSplitting: false } } },
    resolve: { conditions: [ORT_CONDITION, ...defaultClientConditions] },
    build: { outDir, emptyOutDir: true, assetsInlineLimit: 0, target: 'es2023', chunkSizeWarningLimit: 5000 },
  })
  mkdirSync(outDir, { recursive: true })
  files?.(outDir)
  const server = await preview({
    root,
    configFile: false,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: 'localhost', headers: ISOLATED },
  })
  return { urlWith: (query) => `${server.resolvedUrls.local[0]}?${new URLSearchParams(query)}`, close: () => server.close() }
}

/** A browser whose stores lie on disk, in the folder `profile`; those of other benches' lie in memory. */
export function launchWithProfile(profile, flags = []) {
  return chromium.launchPersistentContext(profile, { executablePath: ensureBrowser(), args: [...CHROMIUM_FLAGS, ...flags] })
}

/** A page from its start until it says that it has finished. */
export async function runTab(browser, url, { functions = {}, print }) {
  const page = await browser.newPage()
  const failed = new Promise((_, reject) => {
    page.on('pageerror', reject)
    page.on('crash', () => reject(new Error('The page crashed.')))
  })
  page.on('console', print)
  for (const [name, work] of Object.entries(functions)) await page.exposeFunction(name, work)
  await page.goto(url)
  await Promise.race([page.waitForFunction(() => document.title === 'finished', undefined, { timeout: 0 }), failed])
  return page
}
