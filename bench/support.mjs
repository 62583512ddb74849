/** Runs a bench page, bundled for production, in a Chromium of its own and passes on what it prints. */
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

/**
 * @param name folder below `bench/` with an `index.html`
 * @param files made once into the built page's folder, `(folder) => void`
 */
export async function runPage(name, { query = {}, files } = {}) {
  const outDir = path.join(root, '.cache/bench', name)
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
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: CHROMIUM_FLAGS })
  try {
    const page = await browser.newPage()
    const failed = new Promise((_, reject) => page.on('pageerror', reject))
    page.on('console', (message) => console.log(message.text()))
    await page.goto(`${server.resolvedUrls.local[0]}?${new URLSearchParams(query)}`)
    await Promise.race([page.waitForFunction(() => document.title === 'finished', undefined, { timeout: 0 }), failed])
  } finally {
    await browser.close()
    await server.close()
  }
}
