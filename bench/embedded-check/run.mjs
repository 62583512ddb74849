/**
 * Checks world, prompt format and model together against the figures that came with the weights: success without
 * examples and with retrieved ones, and the learning loop, all without the memory. Prints a table.
 * Run: `node bench/embedded-check/run.mjs [episodes a row = 200] [worlds of the loop = 4]`
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { createServer, defaultClientConditions } from 'vite'
import { ORT_CONDITION } from '../../build/assets-plugin.mjs'
import { CHROMIUM_FLAGS, ensureBrowser } from '../../tools/find-browser.mjs'

const [episodes = '200', worlds = '4'] = process.argv.slice(2)
const here = path.dirname(fileURLToPath(import.meta.url))
const server = await createServer({
  root: path.join(here, '../..'),
  configFile: false,
  logLevel: 'error',
  worker: { format: 'es' },
  resolve: { conditions: [ORT_CONDITION, ...defaultClientConditions] },
  optimizeDeps: { include: ['comlink', 'zod/mini', '@huggingface/transformers'] },
  cacheDir: 'node_modules/.cache/embedded-check',
  server: { port: 0, hmr: false },
})
await server.listen()
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: CHROMIUM_FLAGS })
try {
  const page = await browser.newPage()
  page.on('console', (message) => message.type() === 'log' && console.log(message.text()))
  await page.goto(`${server.resolvedUrls.local[0]}bench/embedded-check/index.html?episodes=${episodes}&worlds=${worlds}`)
  await page.waitForFunction(() => document.title === 'finished', undefined, { timeout: 0 })
} finally {
  await browser.close()
  await server.close()
}
