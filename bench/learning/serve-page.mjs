/** Builds the benchmark's page for production, serves it, and runs it in several tabs of one Chromium. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { build, defaultClientConditions, preview } from 'vite'
import { assetUrls, ORT_CONDITION } from '../../build/assets-plugin.mjs'
import { privateZod } from '../../build/private-zod.mjs'
import { CHROMIUM_FLAGS, ensureBrowser } from '../../tools/find-browser.mjs'

// An isolated page has a clock of 5 µs; others have one of 100 µs.
const HEADERS = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Resolves once every page has finished; rejects when one of them broke.
 * @param files made once into the built page's folder, `(folder) => void`
 * @param outDir folder of the built page
 * @param pages one object of functions for each page, which find them as globals
 */
export async function runPages({ outDir, files, pages }) {
  await build({
    root: path.join(root, 'bench/learning'),
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
    preview: { port: 0, host: 'localhost', headers: HEADERS },
  })
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: CHROMIUM_FLAGS })
  try {
    await Promise.all(pages.map((functions) => runPage(browser, server.resolvedUrls.local[0], functions)))
  } finally {
    await browser.close()
    await server.close()
  }
}

async function runPage(browser, url, functions) {
  const page = await browser.newPage()
  const failed = new Promise((_, reject) => {
    page.on('pageerror', reject)
    page.on('crash', () => reject(new Error('The page crashed.')))
  })
  page.on('console', (message) => message.type() === 'error' && console.error(message.text()))
  for (const [name, work] of Object.entries(functions)) await page.exposeFunction(name, work)
  await page.goto(url)
  await Promise.race([page.waitForFunction(() => document.title === 'finished', undefined, { timeout: 0 }), failed])
}
