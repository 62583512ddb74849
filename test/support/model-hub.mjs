/**
 * A Vite plugin that serves small models in the hub's URL layout, and the ways in which a hub can fail. They are `tests/tiny-bert`
 * (for embeddings, made by tools/make-bert.mjs), `tests/embedded` and `tests/embedded-small` (the embedded model in its two sizes),
 * and `tests/templated` (the small one with a chat template that refuses system messages); below the prefixes:
 *
 *   /hub/…               the hub: {model}/resolve/{revision}/{file}, revisions `main` and `v1`
 *   /hub-flaky/TOKEN/…   the first request of weights for each token ends with status 503
 *   /hub-damaged/TOKEN/… the first one gets bytes that are no model
 *   /hub-torn/…          a vocabulary with a word, "~" or "act", that the weights know nothing of
 *   /hub-page/…          a start page with status 200 for every file
 *   /hub-stalled/…       weights that never arrive
 *   /own-models/…        a folder: {model}/{file}
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bertFiles } from '../../tools/make-bert.mjs'

const ADDRESS = /^\/(hub|hub-page|hub-stalled|hub-torn|hub-(?:flaky|damaged)\/[^/]+)\/(tests\/[\w-]+)\/resolve\/(?:main|v1)\/(.+)$/
const FOLDER = /^\/own-models\/(tests\/[\w-]+)\/(.+)$/
const TEMPLATE =
  "{% for message in messages %}{% if message['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{{ message['content'] + ' ' }}{% endfor %}"

/** @returns {import('vite').Plugin} */
export function modelHub() {
  const small = embeddedFiles('model-small')
  const models = {
    'tests/tiny-bert': bertFiles({ tiny: true, q8: true, seed: 1 }),
    'tests/embedded': embeddedFiles('model'),
    'tests/embedded-small': small,
    'tests/templated': { ...small, 'tokenizer_config.json': withTemplate(small['tokenizer_config.json']) },
  }
  const seen = new Set()
  return {
    name: 'test-model-hub',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost')
        if (!/^\/(hub|own-models)/.test(pathname)) return next()
        const [, place, hubModel, hubFile] = ADDRESS.exec(pathname) ?? []
        const [, model = hubModel, file = hubFile] = FOLDER.exec(pathname) ?? []
        const first = file?.endsWith('.onnx') && !seen.has(place)
        if (first) seen.add(place)
        answer({ response, content: models[model]?.[file], fault: faultOf(place, { first, file }) })
      })
    },
  }
}

/** The files of an embedded model as bytes by name. */
function embeddedFiles(folder) {
  const names = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model_quantized.onnx']
  const read = (name) => readFileSync(fileURLToPath(new URL(`../../src/embedded/${folder}/${name}`, import.meta.url)))
  return Object.fromEntries(names.map((name) => [name, read(name)]))
}

function withTemplate(config) {
  return Buffer.from(JSON.stringify({ ...JSON.parse(config.toString()), chat_template: TEMPLATE }))
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
  const sent = fault === 'torn' ? Buffer.from(content.toString().replace(/"(~|act)":\d+/, '"$1":99999')) : content
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': sent.length })
  if (fault === 'stalled') response.write(sent.subarray(0, 1000))
  else response.end(fault === 'damaged' ? Buffer.alloc(sent.length, 7) : sent)
}
