/** Builds the React fixture apps, once for each content of their sources. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, version as viteVersion } from 'vite'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const APPS = path.join(ROOT, 'test/fixtures/apps')
const SOURCES = ['react', 'data', 'site-actions.ts', 'site-state.ts']

/** The folder with `shop.js` and `settings.js`. */
export async function buildReactApps(): Promise<string> {
  const built = path.join(ROOT, '.cache/fixture-apps', await keyOfSources())
  if (existsSync(built)) return built
  await mkdir(path.dirname(built), { recursive: true })
  const outDir = await mkdtemp(`${built}-`)
  await build({
    root: APPS,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    // As for production, whatever NODE_ENV says: tests set it to something else.
    oxc: { jsx: { runtime: 'automatic', development: false } },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: {
        input: { shop: path.join(APPS, 'react/shop.jsx'), settings: path.join(APPS, 'react/settings.jsx') },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  })
  // Another process may have built the same meanwhile.
  await rename(outDir, built).catch(() => rm(outDir, { recursive: true, force: true }))
  return built
}

async function keyOfSources(): Promise<string> {
  const hash = createHash('sha256').update(viteVersion)
  hash.update(await readFile(fileURLToPath(import.meta.url)))
  hash.update(await readFile(path.join(ROOT, 'node_modules/react-dom/package.json')))
  for (const source of SOURCES) {
    const files = path.extname(source) ? [''] : (await readdir(path.join(APPS, source))).toSorted()
    for (const file of files) hash.update(`${source}/${file}\n`).update(await readFile(path.join(APPS, source, file)))
  }
  return hash.digest('hex').slice(0, 16)
}
