/** Bundles a host's script for the fixture apps; the library itself stays as it was built, at `/reprise/`. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What sources import, and where it is served. */
const BUILT: Readonly<Record<string, string>> = {
  'src/index.ts': '/reprise/index.js',
  'src/presets/page.ts': '/reprise/page.js',
  'src/presets/ui.ts': '/reprise/ui.js',
  'src/presets/files.ts': '/reprise/files.js',
  'src/presets/embedded.ts': '/reprise/embedded.js',
}

/** @returns the folder that holds `host.js`. */
export async function buildHost(entry: string): Promise<string> {
  const outDir = await mkdtemp(path.join(tmpdir(), 'reprise-host-'))
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [
      {
        name: 'as-built',
        enforce: 'pre',
        resolveId(source, importer) {
          const file = importer && source.startsWith('.') ? path.relative(ROOT, path.resolve(path.dirname(importer), source)) : source
          const id = BUILT[file]
          return id === undefined ? null : { id, external: true }
        },
      },
    ],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      minify: false,
      lib: { entry: path.join(ROOT, entry), formats: ['es'], fileName: () => 'host.js' },
    },
  })
  return outDir
}
