/**
 * The one way from a page to a remote model: puts the key on the request and nowhere else, goes to allowed hosts alone,
 * follows no redirect, and tells how a connection broke.
 */
import { RemoteFailure } from './remote-failure.ts'

export interface TransportOptions {
  fetch: typeof globalThis.fetch
  headers: Readonly<Record<string, string>>
  /** The header that carries the key, and what it holds; without it no key is sent. */
  key: { header: string; value: string } | undefined
  /** Hosts, with their port, that a request may go to. */
  allowedHosts: readonly string[]
  /** Whether requests may go unencrypted, because the server was given by such an address. */
  allowHttp: boolean
  /** Whether an event stream is expected. */
  streamed: boolean
  /** Called with each sign of life of the server. */
  alive(): void
}

/** A `fetch` for one attempt. */
export function guardedFetch(options: TransportOptions): typeof globalThis.fetch {
  return async (input, init) => {
    requireAllowed(input instanceof Request ? input.url : String(input), options)
    const response = await send(options, input, init)
    options.alive()
    requireStream(response, options)
    return watched(response, options.alive)
  }
}

function requireAllowed(address: string, { allowedHosts, allowHttp }: TransportOptions): void {
  const { protocol, host } = new URL(address)
  if (!allowedHosts.includes(host)) throw new RemoteFailure('blocked', `the request was to go to ${host}, which is not among allowedHosts`)
  if (protocol !== 'https:' && !allowHttp) throw new RemoteFailure('blocked', `the request was to go to ${host} unencrypted`)
}

/** Headers by which servers know who asks. The SDK fills them with a placeholder. */
const KEY_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key']

async function send({ fetch, headers, key }: TransportOptions, ...[input, init]: Parameters<typeof globalThis.fetch>): Promise<Response> {
  const all = new Headers(init?.headers)
  // Browsers would have to ask the server's permission for this header first, which few servers grant.
  all.delete('user-agent')
  for (const name of KEY_HEADERS) all.delete(name)
  if (key) all.set(key.header, key.value)
  for (const [name, value] of Object.entries(headers)) all.set(name, value)
  const response = await fetch(input, { ...init, headers: all, redirect: 'error' }).catch((error: unknown) => {
    throw new RemoteFailure('network', describe(error))
  })
  if (!response.redirected) return response
  // A host's own `fetch` may follow all the same.
  void response.body?.cancel().catch(() => {})
  throw new RemoteFailure('other', 'the request was redirected, which is not followed because a key would travel along')
}

/** A web page in place of a stream would read as a stream that ends before its first word, and be asked for again. */
function requireStream(response: Response, { streamed }: TransportOptions): void {
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (streamed && response.ok && (type === 'text/html' || type === 'application/json'))
    throw new RemoteFailure('malformed', `it is ${type}, where an event stream was asked for`)
}

/** The same response, whose parts count as signs of life and whose breaking off is told apart from other errors. */
function watched(response: Response, alive: () => void): Response {
  if (!response.body) return response
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const part = await reader.read().catch((error: unknown) => {
        throw new RemoteFailure('cut', describe(error))
      })
      alive()
      if (part.done) controller.close()
      else controller.enqueue(part.value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return new Response(body, response)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const inner = error.cause instanceof Error && error.cause.message ? `: ${error.cause.message}` : ''
  return `${error.name}: ${error.message}${inner}`
}
