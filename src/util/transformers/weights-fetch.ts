/** `fetch` as transformers.js is given it for weights. */

/** What transformers.js asks to learn a file's size before it asks for the file. */
const PROBE = 'bytes=0-0'

/**
 * A `fetch` without two habits that hurt here.
 * - Before each file transformers.js asks for its first byte, in part at the wrong revision. The probes are answered
 *   here: the file may be there, its size comes with it.
 * - Servers of single-page apps answer every unknown address with their start page and status 200. As a model file
 *   it would fail in a parser, and stay in the cache; it becomes the 404 that it is.
 */
export function weightsFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    if (new Headers(init?.headers).get('range') === PROBE) return new Response(null, { status: 206 })
    const response = await fetch(input, init)
    const isPage = response.ok && (response.headers.get('content-type') ?? '').includes('text/html')
    if (!isPage) return response
    await response.body?.cancel()
    return new Response(null, { status: 404, statusText: 'Not Found' })
  }
}
