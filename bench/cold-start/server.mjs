/** A static server that compresses as a web server would, counts what it sends and can be as slow as a line. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { gzipSync } from 'node:zlib'

const TYPES = { html: 'text/html', js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm', json: 'application/json' }
// An isolated page has a clock of 5 µs; others have one of 100 µs.
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
const CHUNK = 32 * 1024

/** @param {{ folder: string, under: string }[]} places folders by the path that they are served under; the first that fits counts */
export async function serve(places) {
  const files = new Map()
  const state = { mbit: Infinity, requests: 0, sent: 0, raw: 0 }
  let line = Promise.resolve()

  async function answer(request, response) {
    const { pathname } = new URL(request.url, 'http://localhost')
    const file = await load(pathname).catch(() => undefined)
    if (!file) return response.writeHead(404, ISOLATED).end()
    state.requests += 1
    state.sent += file.gzip.length
    state.raw += file.raw
    const headers = { ...ISOLATED, 'content-type': file.type, 'content-encoding': 'gzip', 'content-length': file.gzip.length }
    response.writeHead(200, { ...headers, 'cache-control': 'no-store' })
    if (state.mbit === Infinity) return response.end(file.gzip)
    for (let at = 0; at < file.gzip.length; at += CHUNK) {
      const part = file.gzip.subarray(at, at + CHUNK)
      await (line = line.then(() => wait((part.length * 8) / (state.mbit * 1000)))) // all requests share the line
      response.write(part)
    }
    response.end()
  }

  async function load(pathname) {
    if (!files.has(pathname)) {
      const place = places.find(({ under }) => pathname.startsWith(under))
      const data = await readFile(path.join(place.folder, pathname.slice(place.under.length) || 'index.html'))
      const type = TYPES[path.extname(pathname).slice(1) || 'html'] ?? 'application/octet-stream'
      files.set(pathname, { type, raw: data.length, gzip: gzipSync(data) })
    }
    return files.get(pathname)
  }

  const server = createServer((request, response) => void answer(request, response))
  await new Promise((resolve) => server.listen(0, 'localhost', resolve))
  return {
    url: `http://localhost:${server.address().port}/`,
    state,
    /** What was sent since the last call: requests, and bytes as sent and unpacked. */
    take() {
      const { requests, sent, raw } = state
      Object.assign(state, { requests: 0, sent: 0, raw: 0 })
      return { requests, sent, raw }
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

// Timers are late by up to a millisecond or two; what is owed is carried over.
let owed = 0
async function wait(ms) {
  owed += ms
  if (owed < 4) return
  const began = performance.now()
  await new Promise((resolve) => setTimeout(resolve, owed))
  owed -= performance.now() - began
}
