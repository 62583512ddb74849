import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { CHROMIUM_FLAGS, findBrowser } from './tools/find-browser.mjs'

const executablePath = findBrowser()

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'node', include: ['test/**/*.test.ts'], exclude: ['test/**/*.browser.test.ts'], environment: 'node' },
      },
      {
        // Everything the browser tests import is named here: a dependency found late would reload the page under a test.
        optimizeDeps: {
          include: ['comlink', 'idb', 'zod/mini', 'fast-check', 'hnswlib-wasm', '@huggingface/transformers'],
        },
        worker: { format: 'es' },
        test: {
          name: 'chromium',
          include: ['test/**/*.browser.test.ts'],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { ...(executablePath && { executablePath }), args: CHROMIUM_FLAGS } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
