/**
 * A Vite plugin that serves a tiny embedding model (made by tools/make-bert.mjs) in the hub's URL layout, and the ways
 * in which a hub can fail. The model is `tests/tiny-bert`; below the prefixes:
 *
 *   /hub/…               the hub: {model}/resolve/{revision}/{file}, revisions `main` and `v1`
 *   /hub-flaky/TOKEN/…   the first request of weights for each token ends with status 503
 *   /hub-damaged/TOKEN/… the first one gets bytes that are no model
 *   /hub-torn/…          a vocabulary with a word, "~", that the weights know nothing of
 *   /hub-page/…          a start page with status 200 for every file
 *   /hub-stalled/…       weights that never arrive
 *   /own-models/…        a folder: {model}/{file}
 */
import { bertFiles } from '../../tools/make-bert.mjs'

const MODEL = 'tests/tiny-bert'
const ADDRESS = new RegExp(`^/(hub|hub-page|hub-stalled|hub-torn|hub-(?:flaky|damaged)/[^/]+)/${MODEL}/resolve/(?:main|v1)/(.+)$`)

/** @returns {import('vite').Plugin} */
export function modelHub() {
  const files = bertFiles({ tiny: true, q8: true, seed: 1 })
  const seen = new Set()
  return {
    name: 'test-model-hub',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost')
        if (!/^\/(hub|own-models)/.test(pathname)) return next()
        const [, place, hubFile] = ADDRESS.exec(pathname) ?? []
        const file = hubFile ?? (pathname.startsWith(`/own-models/${MODEL}/`) ? pathname.slice(`/own-models/${MODEL}/`.length) : undefined)
        const first = file?.endsWith('.onnx') && !seen.has(place)
        if (first) seen.add(place)
        answer({ response, content: files[file], fault: faultOf(place, { first, file }) })
      })
    },
  }
}

function faultOf(place = '', { first, file }) {
  if (place === 'hub-page') return 'page'
  if (place === 'hub-torn' && file === 'tokenizer.json') return 'torn'
  if (place === 'hub-stalled' && file.endsWith('.onnx')) return 'stalled'
  if (!first) return undefined
  return ['flaky', 'damaged'].find((fault) => place.startsWith(`hub-${fault}/`))
}

function answer({ response, content, fault }) {
  if (fault === 'page') return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>App</title>')
  if (!content) return response.writeHead(404, { 'content-type': 'text/plain' }).end('Entry not found')
  if (fault === 'flaky') return response.writeHead(503).end()
  const sent = fault === 'torn' ? Buffer.from(content.toString().replace(/"~":\d+/, '"~":99999')) : content
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': sent.length })
  if (fault === 'stalled') response.write(sent.subarray(0, 1000))
  else response.end(fault === 'damaged' ? Buffer.alloc(sent.length, 7) : sent)
}
