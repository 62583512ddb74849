/**
 * A Vite plugin that serves the files of a model for WebLLM as far as they can be had without compiling one: its settings, and code
 * that is none. Each test takes a token of its own; `/mlc/TOKEN/count` tells how often each file was asked for.
 *
 *   /mlc/TOKEN/resolve/main/mlc-chat-config.json   the settings; at the first request of a token that begins with `torn` half of them
 *   /mlc/TOKEN/empty.wasm                          a WebAssembly module with nothing in it
 *   /mlc/TOKEN/page.wasm                           a start page with status 200
 *   /mlc/TOKEN/stalled.wasm                        code that never arrives
 */
const ADDRESS = /^\/mlc\/([\w-]+)\/(.+)$/
const CONFIG = JSON.stringify({ tokenizer_files: ['tokenizer.json'], vocab_size: 450, context_window_size: 1536, conv_template: {} })

/** @returns {import('vite').Plugin} */
export function mlcHub() {
  const counts = new Map()
  return {
    name: 'test-mlc-hub',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const [, token, file] = ADDRESS.exec(new URL(request.url ?? '/', 'http://localhost').pathname) ?? []
        if (!file) return next()
        const count = counts.get(token) ?? {}
        if (file === 'count') return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(count))
        counts.set(token, { ...count, [file]: (count[file] ?? 0) + 1 })
        answer(response, file, token.startsWith('torn') && !count[file])
      })
    },
  }
}

function answer(response, file, torn) {
  const send = (type, content) => response.writeHead(200, { 'content-type': type }).end(content)
  if (file === 'resolve/main/mlc-chat-config.json') return send('application/json', torn ? CONFIG.slice(0, 20) : CONFIG)
  if (file === 'empty.wasm') return send('application/wasm', Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))
  if (file === 'page.wasm') return send('text/html', '<!doctype html><title>App</title>')
  if (file === 'stalled.wasm') return response.writeHead(200, { 'content-type': 'application/wasm' }).write(Buffer.alloc(8))
  response.writeHead(404, { 'content-type': 'text/plain' }).end('Entry not found')
}
