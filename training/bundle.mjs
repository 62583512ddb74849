/** Bundles the trainer's TypeScript programs into files that plain Node runs. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

const PROGRAMS = { generate: 'training/generator/main.ts', evaluate: 'training/evaluation/main.ts' }

/** @param {keyof typeof PROGRAMS} name @returns path of the bundle */
export async function bundle(name, outDir = path.join(root, 'training/.cache')) {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: path.join(root, PROGRAMS[name]),
      outDir,
      emptyOutDir: false,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: `${name}.mjs`, codeSplitting: false } },
    },
  })
  return path.join(outDir, `${name}.mjs`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const name of Object.keys(PROGRAMS)) console.log(await bundle(name))
