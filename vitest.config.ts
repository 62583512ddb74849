import { playwright } from '@vitest/browser-playwright'
import { defaultClientConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { assetUrls, ORT_CONDITION } from './build/assets-plugin.mjs'
import { mlcHub } from './test/support/mlc-hub.mjs'
import { modelHub } from './test/support/model-hub.mjs'
import { CHROMIUM_FLAGS, findBrowser } from './tools/find-browser.mjs'

const executablePath = findBrowser()

export default defineConfig({
  test: {
    projects: [
      {
        // Tests of the playground's own logic import it as the playground does, before anything is built.
        resolve: {
          alias: [
            { find: /^reprise$/, replacement: `${import.meta.dirname}/src/index.ts` },
            { find: /^reprise\/models$/, replacement: `${import.meta.dirname}/src/presets/models.ts` },
            { find: /^reprise\/embedded$/, replacement: `${import.meta.dirname}/src/presets/embedded.ts` },
            { find: /^reprise\/page$/, replacement: `${import.meta.dirname}/src/presets/page.ts` },
            { find: /^reprise\/ui$/, replacement: `${import.meta.dirname}/src/presets/ui.ts` },
          ],
        },
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.browser.test.ts', 'test/e2e/**'],
          environment: 'node',
          testTimeout: 30_000,
        },
      },
      {
        plugins: [assetUrls('source'), modelHub(), mlcHub()],
        worker: { format: 'es' },
        resolve: { conditions: [ORT_CONDITION, ...defaultClientConditions] },
        // Everything that browser tests and workers import is named here: one found late would reload the page under a test.
        optimizeDeps: {
          include: [
            'comlink',
            'idb',
            '@noble/hashes/sha2.js',
            '@noble/hashes/utils.js',
            'zod/mini',
            'fast-check',
            'hnswlib-wasm/lib/hnswlib.mjs',
            '@huggingface/transformers',
            '@mlc-ai/web-llm',
            'onnxruntime-web/webgpu',
            '@ai-sdk/openai',
            '@ai-sdk/openai-compatible',
            '@ai-sdk/anthropic',
            '@ai-sdk/google',
            '@cfworker/json-schema',
            'dom-accessibility-api',
            'react',
            'react-dom',
            'react-dom/client',
          ],
        },
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
      {
        // Whole pages in a Chromium of their own: the packed package in fresh apps, the playground.
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
