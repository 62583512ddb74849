/**
 * One attempt to reach a remote model: puts the key on the request and nowhere else,
 * and gives up on a server that shows no sign of life.
 */
import { RemoteFailure } from './remote-failure.ts'

export interface AttemptOptions {
  fetch: typeof globalThis.fetch
  headers: Readonly<Record<string, string>>
  /** Sent as `Authorization: Bearer …`. */
  token: string | undefined
  /** Longest silence in ms: until the answer begins, and between its parts. */
  timeoutMs: number
  signal: AbortSignal | undefined
}

export interface Attempt {
  readonly fetch: typeof globalThis.fetch
  /** Fires when the caller aborts or the server is silent for too long. */
  readonly signal: AbortSignal
  readonly timedOut: boolean
  /** Stops the clock, and whatever still runs. */
  end(): void
}

export function openAttempt(options: AttemptOptions): Attempt {
  const { signal, timeoutMs } = options
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let timedOut = false
  const alive = (): void => {
    clearTimeout(timer)
    if (controller.signal.aborted) return
    timer = setTimeout(() => {
      timedOut = true
      controller.abort()
    }, timeoutMs)
  }
  const end = (): void => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
    controller.abort()
  }
  signal?.addEventListener('abort', end, { once: true })
  if (signal?.aborted) end()
  alive()
  return {
    signal: controller.signal,
    get timedOut() {
      return timedOut
    },
    end,
    async fetch(input, init) {
      const response = await send(options, input, init)
      alive()
      return watched(response, alive)
    },
  }
}

async function send({ fetch, headers, token }: AttemptOptions, ...[input, init]: Parameters<typeof globalThis.fetch>): Promise<Response> {
  const all = new Headers(init?.headers)
  // Browsers would have to ask the server's permission for this header first, which few servers grant.
  all.delete('user-agent')
  all.delete('authorization')
  if (token !== undefined) all.set('authorization', `Bearer ${token}`)
  for (const [name, value] of Object.entries(headers)) all.set(name, value)
  try {
    return await fetch(input, { ...init, headers: all, redirect: 'error' })
  } catch (error) {
    throw new RemoteFailure('network', describe(error))
  }
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
