/** Bundles the generator into one file that plain Node runs. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

/** @returns path of the bundle */
export async function buildGenerator(outDir = path.join(root, 'training/.cache')) {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: path.join(root, 'training/generator/main.ts'),
      outDir,
      emptyOutDir: false,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'generate.mjs', codeSplitting: false } },
    },
  })
  return path.join(outDir, 'generate.mjs')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildGenerator())
