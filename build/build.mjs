/** Builds `dist/`: ES entries, self-contained workers, the script-tag global, assets and declarations. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFile, copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, defaultClientConditions } from 'vite'
import { assetUrls, FILES, ORT_CONDITION, WORKERS } from './assets-plugin.mjs'
import { privateZod } from './private-zod.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = path.join(root, 'dist')

/** Published entries, by the name of their file in `dist/`. */
const ENTRIES = {
  index: 'src/index.ts',
  models: 'src/presets/models.ts',
  embedded: 'src/presets/embedded.ts',
  learning: 'src/presets/learning.ts',
  page: 'src/presets/page.ts',
  files: 'src/presets/files.ts',
  ui: 'src/presets/ui.ts',
  testing: 'src/testing/index.ts',
}

/** What the script-tag build loads on demand, by the path in `dist/`. */
const PARTS = {
  'parts/openai.js': 'src/llm/ai-sdk-openai.ts',
  'parts/openai-compatible.js': 'src/llm/ai-sdk-compatible.ts',
  'parts/anthropic.js': 'src/llm/ai-sdk-anthropic.ts',
  'parts/google.js': 'src/llm/ai-sdk-google.ts',
  'parts/structured.js': 'src/llm/structured/structured-answers.ts',
  'parts/local-models.js': 'src/llm/local-parts.ts',
  'parts/memory-client.js': 'src/presets/memory-part.ts',
  'parts/environments.js': 'src/presets/environments-part.ts',
  'parts/embedded-worker.js': 'src/embedded/embedded-worker.ts',
  'parts/embedding-worker.js': 'src/embedding/embedding-worker.ts',
}

/** Modules of the script-tag build that replace those of the ES build. */
const SCRIPT_TAG_MODULES = { 'assets.ts': 'assets.script.ts', 'local-assets.ts': 'local-assets.script.ts', 'lazy.ts': 'lazy.script.ts' }

await rm(dist, { recursive: true, force: true })
await copyAssets()
await buildEntries()
for (const name of WORKERS) await buildSingle(`workers/${name}.worker.ts`, `workers/${name}.worker.js`)
await nameWhatWebLLMCarries()
for (const [file, entry] of Object.entries(PARTS)) await buildSingle(entry, file)
await buildScriptTag(await hashes())
execFileSync('node', [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', path.join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
})

async function copyAssets() {
  for (const [to, from] of Object.entries(FILES)) {
    await mkdir(path.dirname(path.join(dist, to)), { recursive: true })
    await copyFile(path.join(root, from), path.join(dist, to))
  }
}

async function buildEntries() {
  const entry = Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, path.join(root, file)]))
  const output = { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' }
  await build(config({ entry, output, minify: false, plugins: [assetUrls('dist')], licence: 'licenses/entries.md' }))
}

/** One ES module without imports, so that it runs from any URL, a blob's too. */
async function buildSingle(entry, fileName, plugins = []) {
  const output = { format: 'es', codeSplitting: false, entryFileNames: fileName }
  const licence = `licenses/${path.basename(fileName)}.md`
  const result = await build(config({ entry: path.join(root, entry), output, plugins, licence }))
  const files = [result].flat().flatMap((part) => part.output)
  const strange = files.filter((file) => file.fileName !== fileName && file.fileName !== licence)
  const chunk = files.find((file) => file.type === 'chunk')
  const imports = [...chunk.imports, ...chunk.dynamicImports].filter((name) => name !== fileName)
  if (strange.length || imports.length)
    throw new Error(`${fileName} is not self-contained: ${[...imports, ...strange.map((file) => file.fileName)].join(', ')}`)
}

/** That package comes bundled, so the licences of what is in it are not seen by the bundler. */
async function nameWhatWebLLMCarries() {
  const loglevel = await readFile(path.join(root, 'node_modules/loglevel/LICENSE-MIT'), 'utf8')
  const text = `
@mlc-ai/web-llm carries, under the Apache License 2.0 as above, the web runtime of Apache TVM, @mlc-ai/web-tokenizers and @mlc-ai/web-xgrammar; and:

## loglevel (MIT)

${loglevel}`
  await appendFile(path.join(dist, 'licenses/web-llm.worker.js.md'), text)
}

async function buildScriptTag(manifest) {
  const swap = {
    name: 'reprise:script-tag',
    enforce: 'pre',
    resolveId(source, importer, options) {
      if (source === 'virtual:manifest') return '\0manifest'
      const name = path.posix.basename(source)
      const other = importer?.includes('/src/presets/') && SCRIPT_TAG_MODULES[name]
      return other ? this.resolve(source.replace(name, other), importer, { ...options, skipSelf: true }) : null
    },
    load: (id) => (id === '\0manifest' ? `export const manifest = ${JSON.stringify(manifest)}` : null),
  }
  const output = { format: 'iife', name: 'Reprise', codeSplitting: false, entryFileNames: 'reprise.iife.js' }
  await build(config({ entry: path.join(root, 'src/script-tag.ts'), output, plugins: [swap], licence: 'licenses/reprise.iife.md' }))
}

/** What the script-tag build checks files of another origin against. */
async function hashes() {
  const files = [...Object.keys(FILES), ...WORKERS.map((name) => `workers/${name}.worker.js`), ...Object.keys(PARTS)].sort()
  const entries = files.map(async (file) => [
    file,
    `sha256-${createHash('sha256')
      .update(await readFile(path.join(dist, file)))
      .digest('base64')}`,
  ])
  return Object.fromEntries(await Promise.all(entries))
}

function config({ entry, output, plugins, licence, minify = true }) {
  return {
    root,
    configFile: false,
    logLevel: 'warn',
    base: './',
    publicDir: false,
    plugins: [privateZod(), ...plugins],
    resolve: { conditions: [ORT_CONDITION, ...defaultClientConditions] },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: dist,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'es2023',
      modulePreload: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 5000,
      minify,
      license: { fileName: licence },
      lib: { entry, formats: [output.format], name: output.name },
      rolldownOptions: { output: { ...output, minify } },
    },
  }
}
