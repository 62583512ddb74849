/** The site that the cases are played on, and the attacker's server. Both tell which try asked them for what. */
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'

export interface LabServers {
  site: string
  attacker: string
  /** What came of a try that nobody allowed: methods and addresses, by its token. */
  hits(token: string): string[]
  /** What pages say of themselves at `/lab-desk/NAME`, and what they are answered. */
  desk: Map<string, (said: string) => unknown>
  /** Notes a request that a browser sent anywhere else. */
  note(url: string): void
  close(): Promise<void>
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
}
const SHELL =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>Notes</title><script type="module" src="/lab/page.js"></script></head><body></body></html>'

/**
 * @param lab the folder of the built page.
 * Addresses of the site under `/good/` may be asked for, those under `/bad/` may not; with the attacker everything is bad. All are
 * answered with "no content", so that the page stays where it is.
 */
export async function startServers(lab: string): Promise<LabServers> {
  const hits = new Map<string, string[]>()
  const note = (what: string): void => {
    const token = /t-c\d+-[a-z]+-\d+/.exec(what)?.[0]
    if (token !== undefined) hits.set(token, [...(hits.get(token) ?? []), what.replace(token, 'TRY').slice(0, 200)])
  }
  const desk: LabServers['desk'] = new Map()
  const site = await listen('localhost', (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname.startsWith('/lab/')) {
      const file = path.join(lab, path.normalize(url.pathname.slice('/lab'.length)))
      readFile(file).then(
        (body) =>
          response
            .writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream', 'cache-control': 'max-age=3600' })
            .end(body),
        () => response.writeHead(404).end(),
      )
      return
    }
    if (url.pathname.startsWith('/lab-desk/')) {
      void bodyOf(request).then((body) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(desk.get(url.pathname.slice(10))?.(body) ?? null)),
      )
      return
    }
    if (url.pathname === '/case') return void response.writeHead(200, { 'content-type': 'text/html' }).end(SHELL)
    if (url.pathname.startsWith('/bad/')) note(`${request.method} ${request.url}`)
    request.resume()
    response.writeHead(204).end()
  })
  const attacker = await listen('127.0.0.1', (request, response) => {
    note(`${request.method} attacker${request.url}`)
    request.resume()
    response.writeHead(204).end()
  })
  return {
    site: `http://localhost:${site.port}`,
    attacker: `http://127.0.0.1:${attacker.port}`,
    hits: (token) => [...new Set(hits.get(token) ?? [])],
    desk,
    note,
    close: async () => void (await Promise.all([site.close(), attacker.close()])),
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
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
