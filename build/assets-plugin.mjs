/**
 * Vite plugin: turns `asset('workers/memory.worker.js')` in `src/presets/{,local-}assets.ts` into a URL.
 *
 * In the published entries it becomes `new URL('./workers/memory.worker.js', import.meta.url).href`, away from `new Worker(…)`:
 * consumers' bundlers then copy the self-contained file instead of bundling it again. While developing it points at the sources.
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const CALL = /\basset\(\s*(['"])([^'"]+)\1\s*\)/g
const MARK = /["'`]__ASSET__([^"'`]+?)__["'`]/g

/** Files that are copied into `dist/` as they are. */
export const FILES = {
  'ort/ort-wasm-simd-threaded.asyncify.mjs': 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.mjs',
  'ort/ort-wasm-simd-threaded.asyncify.wasm': 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm',
  'models/embedded.onnx': 'src/embedded/model/onnx/model_quantized.onnx',
  'models/embedded-small.onnx': 'src/embedded/model-small/onnx/model_quantized.onnx',
}

export const WORKERS = ['embedding', 'memory', 'embedded', 'web-llm', 'transformers-model']

/** ORT's entry that loads its glue and its WASM from URLs, instead of carrying 27 MB inside the bundle. */
export const ORT_CONDITION = 'onnxruntime-web-use-extern-wasm'

/** @param {'source' | 'dist'} mode `source` for the dev server, the tests and the playground; `dist` for the published entries. */
export function assetUrls(mode) {
  return {
    name: 'reprise:assets',
    enforce: 'pre',
    transform: {
      filter: { id: /\/src\/presets\/(local-)?assets\.ts$/ },
      handler(code) {
        if (mode === 'source' && this.environment?.config?.consumer === 'server') return undefined
        const imports = []
        const replaced = code.replace(CALL, (_, _quote, name) => {
          if (mode === 'dist') return JSON.stringify(`__ASSET__${name}__`)
          imports.push(`import __asset${imports.length} from ${JSON.stringify(sourceOf(name))};`)
          return `new URL(__asset${imports.length - 1}, location.href).href`
        })
        return { code: imports.join('') + replaced, map: null }
      },
    },
    renderChunk(code, chunk) {
      if (mode !== 'dist' || !code.includes('__ASSET__')) return null
      const from = path.posix.dirname(chunk.fileName)
      return { map: null, code: code.replace(MARK, (_, name) => urlExpression(path.posix.relative(from, name))) }
    },
  }
}

function urlExpression(relative) {
  return `new URL(${JSON.stringify(relative.startsWith('.') ? relative : `./${relative}`)}, import.meta.url).href`
}

function sourceOf(name) {
  const worker = /^workers\/(.+)\.js$/.exec(name)
  if (worker) return `${root}workers/${worker[1]}.ts?worker&url`
  if (!FILES[name]) throw new Error(`assets.ts names ${name}, which build/assets-plugin.mjs does not know`)
  return `${root}${FILES[name]}?url`
}
