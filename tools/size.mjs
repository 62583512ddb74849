/** The size budgets: what a page downloads before anything is used, and what an install downloads. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = path.join(root, 'dist')
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`

const rows = [
  {
    what: 'core entry, bundled and minified with all it imports, gzipped',
    bytes: gzipSync(await bundledEntry('index.js')).length,
    budget: 25_000,
  },
  { what: 'reprise/page, likewise', bytes: gzipSync(await bundledEntry('page.js')).length, budget: 85_000 },
  { what: 'reprise/ui, likewise', bytes: gzipSync(await bundledEntry('ui.js')).length, budget: 17_000 },
  { what: 'script tag, gzipped', bytes: gzipSync(readFileSync(path.join(dist, 'reprise.iife.js'))).length, budget: 50_000 },
  { what: 'packed tarball', bytes: packedSize(), budget: 16_000_000 },
]
for (const { what, bytes, budget } of rows) console.log(`${bytes <= budget ? '✓' : '✗'} ${what}: ${kB(bytes)} of ${kB(budget)}`)
if (rows.some(({ bytes, budget }) => bytes > budget)) process.exit(1)

/** What a bundler makes of `import * from 'reprise'`, without the parts that are loaded on demand. */
async function bundledEntry(name) {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    root,
    build: {
      write: false,
      minify: true,
      lib: { entry: path.join(dist, name), formats: ['es'] },
      rolldownOptions: { output: { minify: true } },
    },
    plugins: [{ name: 'leave-assets', transform: (code) => code.replaceAll('import.meta.url', '"https://example.org/"') }],
  })
  const chunks = [result]
    .flat()
    .flatMap((part) => part.output)
    .filter((file) => file.type === 'chunk')
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const needed = new Set()
  const visit = (chunk) => {
    if (!chunk || needed.has(chunk)) return
    needed.add(chunk)
    for (const imported of chunk.imports) visit(byName.get(imported))
  }
  visit(chunks.find((chunk) => chunk.isEntry))
  return Buffer.concat([...needed].map((chunk) => Buffer.from(chunk.code)))
}

function packedSize() {
  const [{ size }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
  return size
}
