/**
 * Serves the fixture apps under a strict policy, keeps the state of each visitor, and records every request and what it did; a second
 * origin stands for somebody else's server and records all that it gets.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Place } from '../fixtures/apps/pages/layout.ts'
import { copyOf, freshState, type SiteState } from '../fixtures/apps/site-state.ts'
import { openLog, type LoggedRequest, type RequestLog, type WritableLog } from './apps-log.ts'
import { buildReactApps } from './apps-react.ts'
import { actionAt, pageOf, productPicture, renderPage } from './apps-site.ts'

/** What every page of the site is served with. */
export const STRICT_POLICY =
  "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; object-src 'none'; require-trusted-types-for 'script'"

export interface AppServerOptions {
  /** Markup for the head of every page: the host's own scripts. A function hears the two origins. */
  head?: string | ((origins: { url: string; otherOrigin: string }) => string)
  /** `STRICT_POLICY` by default. */
  policy?: string
  /** Folders served besides, by a prefix such as `/built/`; at the other origin as well. */
  folders?: Readonly<Record<string, string>>
  /** Builds and serves the React apps (default true). */
  react?: boolean
}

export interface AppServer {
  /** Origin of the site, without a slash at its end. */
  url: string
  otherOrigin: string
  log: RequestLog
  /** What the site knows of a visitor; without an id, of the one who asked for something last. */
  state(session?: string): SiteState
  /** From now on all visitors see this text of others at these places, with its markup, and a stylesheet for it. Replaces what was planted. */
  plant(texts: Partial<Record<Place, string>>, css?: string): void
  /** Forgets all visitors, all that was planted, and the log. */
  reset(): void
  close(): Promise<void>
}

interface Site {
  sessions: Map<string, SiteState>
  last: string
  /** Where a visitor was just sent to; getting there is no step of its own. */
  redirects: Map<string, string>
  planted: Partial<Record<Place, string>>
  css: string
  head: string
  cookie: string
  log: WritableLog
  policy: string
  folders: Readonly<Record<string, string>>
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CLIENT = path.join(ROOT, 'test/fixtures/apps/client')
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

export async function startApps({
  head = '',
  policy = STRICT_POLICY,
  folders = {},
  react = true,
}: AppServerOptions = {}): Promise<AppServer> {
  const shared = {
    '/client/': CLIENT,
    '/reprise/': path.join(ROOT, 'dist'),
    ...(react && { '/react-assets/': await buildReactApps() }),
    ...folders,
  }
  const fresh = { sessions: new Map<string, SiteState>(), last: '', redirects: new Map<string, string>(), planted: {}, css: '' }
  const site: Site = { ...fresh, head: '', cookie: '', log: openLog(), policy: `${policy}; report-uri /csp-report`, folders: shared }
  const own = await listen('localhost', (request, response) => void answer(site, request, response))
  const other = await listen('127.0.0.1', (request, response) => void answerElsewhere(site, request, response))
  const url = `http://localhost:${own.port}`
  const otherOrigin = `http://127.0.0.1:${other.port}`
  // Cookies know no ports: two sites at a time must not share one.
  site.cookie = `visit-${own.port}`
  site.head = typeof head === 'string' ? head : head({ url, otherOrigin })
  return {
    url,
    otherOrigin,
    log: site.log,
    state: (session = site.last) => copyOf(site.sessions.get(session) ?? freshState()),
    plant: (planted, css = '') => void Object.assign(site, { planted, css }),
    reset() {
      Object.assign(site, { sessions: new Map(), last: '', redirects: new Map(), planted: {}, css: '' })
      site.log.clear()
    },
    close: async () => void (await Promise.all([own.close(), other.close()])),
  }
}

async function listen(host: string, listener: RequestListener): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const body = await bodyOf(request)
  if (url.pathname === '/csp-report') {
    site.log.violated(body)
    return send(response, { status: 204 })
  }
  const file = await fileAt(site, url.pathname)
  if (file)
    return send(response, { type: TYPES[path.extname(url.pathname)] ?? 'application/octet-stream', body: file, policy: site.policy })
  const session = sessionOf(site, request, response)
  const logged = logOf(request, { to: 'site', body, session })
  site.log.add(logged)
  if (request.method === 'POST') return act(site, { request, response, url, body, logged })
  if (logged.destination === 'document' && logged.referer && site.redirects.get(session) !== request.url) logged.effect = 'navigate'
  if (logged.destination === 'document') site.redirects.delete(session)
  show(site, { response, url, session })
}

interface Visit {
  response: ServerResponse
  url: URL
  session: string
  problem?: string
}

function show(site: Site, { response, url, session, problem }: Visit): void {
  const { planted, head } = site
  const state = stateOf(site, session)
  const data = { '/api/state': { ...state, flash: '' }, '/api/planted': planted, '/settings/export.json': state.settings }[url.pathname]
  if (data !== undefined) return send(response, { type: 'application/json', body: JSON.stringify(data) })
  if (url.pathname === '/planted.css') return send(response, { type: 'text/css', body: site.css })
  const page = renderPage({ state, url, planted, head, ...(problem !== undefined && { problem }) })
  const status = page === null ? 404 : problem === undefined ? 200 : 422
  send(response, {
    status,
    type: 'text/html; charset=utf-8',
    body: page ?? '<!doctype html><title>Not found</title><h1>Not found</h1>',
    policy: site.policy,
  })
}

interface Post {
  request: IncomingMessage
  response: ServerResponse
  url: URL
  body: string
  logged: LoggedRequest
}

function act(site: Site, { request, response, url, body, logged }: Post): void {
  const { session } = logged
  const state = stateOf(site, session)
  const found = actionAt(url.pathname)
  if (!found) return send(response, { status: 404 })
  const next = found.action.run(state, new URLSearchParams(body), found.id)
  const problem = next.startsWith('!') ? next.slice(1) : undefined
  if (problem === undefined) logged.effect = found.action.effect
  else logged.refused = problem
  if (request.headers.accept === 'application/json') {
    const { flash } = state
    state.flash = ''
    return send(response, { type: 'application/json', body: JSON.stringify(problem === undefined ? { state, flash, next } : { problem }) })
  }
  if (problem !== undefined) return show(site, { response, url: new URL(pageOf(logged.referer, url.pathname), url), session, problem })
  site.redirects.set(session, next)
  response.writeHead(303, { location: next }).end()
}

/** The other origin takes everything, and serves the library to those who ask for it. */
async function answerElsewhere(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const body = await bodyOf(request)
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-allow-headers', '*')
  const file = await fileAt(site, pathname)
  if (file) return send(response, { type: TYPES[path.extname(pathname)] ?? 'application/octet-stream', body: file })
  site.log.add({ ...logOf(request, { to: 'other', body, session: '' }), effect: null })
  send(response, { type: 'text/html', body: '<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1>' })
}

async function fileAt(site: Site, pathname: string): Promise<Buffer | string | null> {
  const picture = /^\/client\/products\/([\w-]+)\.svg$/.exec(pathname)?.[1]
  if (picture) return productPicture(picture)
  const prefix = Object.keys(site.folders).find((one) => pathname.startsWith(one))
  if (prefix === undefined) return null
  const folder = path.resolve(site.folders[prefix] ?? '')
  const file = path.join(folder, path.normalize(decodeURIComponent(pathname.slice(prefix.length))))
  return file.startsWith(folder + path.sep) ? readFile(file).catch(() => null) : null
}

function sessionOf(site: Site, { headers }: IncomingMessage, response: ServerResponse): string {
  const known = (headers.cookie ?? '')
    .split('; ')
    .find((one) => one.startsWith(`${site.cookie}=`))
    ?.slice(site.cookie.length + 1)
  const session = known !== undefined && site.sessions.has(known) ? known : randomUUID()
  if (session !== known) {
    site.sessions.set(session, freshState())
    response.setHeader('set-cookie', `${site.cookie}=${session}; Path=/; HttpOnly; SameSite=Lax`)
  }
  site.last = session
  return session
}

function stateOf(site: Site, session: string): SiteState {
  const state = site.sessions.get(session)
  if (!state) throw new Error('a visitor without a state')
  return state
}

function logOf({ method = '', url = '', headers }: IncomingMessage, known: Pick<LoggedRequest, 'to' | 'body' | 'session'>): LoggedRequest {
  const destination = headers['sec-fetch-dest']
  return {
    at: Date.now(),
    method,
    path: url,
    origin: headers.origin ?? '',
    referer: headers.referer ?? '',
    destination: typeof destination === 'string' ? destination : '',
    effect: 'read',
    ...known,
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

interface Answer {
  status?: number
  type?: string
  body?: string | Buffer
  policy?: string
}

function send(response: ServerResponse, { status = 200, type = 'text/plain', body = '', policy }: Answer): void {
  const headers = { 'content-type': type, 'cache-control': 'no-store', ...(policy !== undefined && { 'content-security-policy': policy }) }
  response.writeHead(status, headers).end(body)
}
