/** Builds the page from the sources, and serves it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'vite'
import { serveFiles } from '../support/static-server.ts'

export interface ServedPage {
  url: string
  close(): Promise<void>
}

/** @param root folder with an `index.html`. */
export async function servePage(root: string): Promise<ServedPage> {
  const outDir = mkdtempSync(path.join(tmpdir(), 'reprise-page-'))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    base: './',
    worker: { format: 'es', rolldownOptions: { output: { codeSplitting: false } } },
    build: { outDir, emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 5000 },
  })
  const server = await serveFiles({ folder: outDir })
  return {
    url: `${server.origin}/index.html`,
    async close() {
      await server.close()
      rmSync(outDir, { recursive: true, force: true })
    },
  }
}
