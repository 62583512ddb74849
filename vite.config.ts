/** The playground, from the sources: `vite` serves it, `vite build` writes `dist-demo/`, `vite preview` serves that. */
import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'
import { assetUrls, ORT_CONDITION } from './build/assets-plugin.mjs'
import { privateZod } from './build/private-zod.mjs'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What the built page allows itself. Remote models may live anywhere, local ones on plain HTTP. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
]

export default defineConfig({
  root: at('./demo'),
  base: './',
  plugins: [assetUrls('source'), privateZod(), strictPage()],
  resolve: {
    alias: [
      { find: /^reprise$/, replacement: at('./src/index.ts') },
      { find: /^reprise\/models$/, replacement: at('./src/presets/models.ts') },
      { find: /^reprise\/embedded$/, replacement: at('./src/presets/embedded.ts') },
      { find: /^reprise\/page$/, replacement: at('./src/presets/page.ts') },
      { find: /^reprise\/ui$/, replacement: at('./src/presets/ui.ts') },
    ],
    conditions: [ORT_CONDITION, ...defaultClientConditions],
  },
  worker: {
    format: 'es',
    plugins: () => [privateZod()],
    rolldownOptions: { output: { codeSplitting: false } },
  },
  optimizeDeps: {
    include: [
      '@huggingface/transformers',
      'hnswlib-wasm/lib/hnswlib.mjs',
      '@cfworker/json-schema',
      'idb',
      'comlink',
      'zod/mini',
      'dom-accessibility-api',
      '@ai-sdk/openai',
      '@ai-sdk/openai-compatible',
      'uplot',
    ],
  },
  server: { fs: { allow: [at('.')] } },
  build: {
    outDir: at('./dist-demo'),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    // Assets stay files: the policy above has no room for data URLs of anything but images.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_000,
  },
})

/** The policy as a meta tag, in the build alone: the dev server injects inline styles. */
function strictPage(): Plugin {
  return {
    name: 'playground:policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY.join('; ') }, injectTo: 'head-prepend' },
    ],
  }
}
