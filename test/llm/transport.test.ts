import { expect, test } from 'vitest'
import { RemoteFailure } from '../../src/llm/remote-failure.ts'
import { guardedFetch, type TransportOptions } from '../../src/llm/transport.ts'

interface Sent {
  url: string
  init: RequestInit | undefined
}

function transport(options: Partial<TransportOptions> = {}, answer: () => Response = () => new Response('ok')) {
  const sent: Sent[] = []
  const counted = { alive: 0 }
  const fetch = guardedFetch({
    fetch: (input, init) => {
      sent.push({ url: String(input), init })
      return Promise.resolve(answer())
    },
    headers: {},
    key: { header: 'x-api-key', value: 'secret' },
    allowedHosts: ['api.example.com'],
    allowHttp: false,
    streamed: false,
    alive: () => void counted.alive++,
    ...options,
  })
  return { fetch, sent, counted }
}

test.each([
  ['another host', 'https://evil.example/v1'],
  ['a host that only begins alike', 'https://api.example.com.evil.example/'],
  ['a user that looks like the host', 'https://api.example.com@evil.example/'],
  ['another port', 'https://api.example.com:8443/'],
  ['no encryption', 'http://api.example.com/'],
])('a request to %s is not sent', async (_label, url) => {
  const { fetch, sent } = transport()
  for (const input of [url, new URL(url), ...(url.includes('@') ? [] : [new Request(url)])])
    await expect(fetch(input)).rejects.toMatchObject({ kind: 'blocked' })
  expect(sent).toEqual([])
})

test('the key is put in its header, whatever the SDK put there and in others; redirects are not followed', async () => {
  const { fetch, sent } = transport({ headers: { 'x-title': 'mine' } })
  const headers = { authorization: 'Bearer placeholder', 'x-api-key': 'placeholder', 'X-Goog-Api-Key': 'placeholder', 'user-agent': 'sdk' }
  await fetch('https://api.example.com/v1', { method: 'POST', headers })
  expect([...new Headers(sent[0]?.init?.headers)]).toEqual([
    ['x-api-key', 'secret'],
    ['x-title', 'mine'],
  ])
  expect(sent[0]?.init).toMatchObject({ method: 'POST', redirect: 'error' })
})

test('each part of an answer is a sign of life, and one that breaks off is told apart', async () => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('one'))
    },
    pull(controller) {
      controller.error(new TypeError('network error'))
    },
  })
  const { fetch, counted } = transport({}, () => new Response(body))
  const response = await fetch('https://api.example.com/v1')
  await expect(response.text()).rejects.toMatchObject({ kind: 'cut', message: 'TypeError: network error' })
  expect(counted.alive).toBe(2)
  const { fetch: away } = transport({ fetch: () => Promise.reject(new TypeError('Failed to fetch', { cause: new Error('ECONNREFUSED') })) })
  await expect(away('https://api.example.com/v1')).rejects.toEqual(new RemoteFailure('network', 'TypeError: Failed to fetch: ECONNREFUSED'))
})

test('an answer that came by a redirect is refused, whatever the fetch of the host did', async () => {
  const answer = (): Response => Object.defineProperty(new Response('ok'), 'redirected', { value: true })
  const { fetch } = transport({}, answer)
  await expect(fetch('https://api.example.com/v1')).rejects.toMatchObject({
    kind: 'other',
    message: expect.stringContaining('redirected') as string,
  })
})
