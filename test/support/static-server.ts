/** A static file server on a free port of this machine, for tests. */
import { createServer, type Server } from 'node:http'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import path from 'node:path'

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

export interface StaticServer {
  origin: string
  close(): Promise<void>
}

interface Serving {
  /** Folder served, or pages by path. */
  folder?: string
  pages?: Record<string, string>
  headers?: Record<string, string>
}

export async function serveFiles({ folder, pages = {}, headers = {} }: Serving): Promise<StaticServer> {
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const type = TYPES[path.extname(pathname)] ?? (pathname.endsWith('/') ? 'text/html' : 'application/octet-stream')
    const page = pages[pathname]
    const body = page === undefined && folder ? readFile(path.join(folder, path.normalize(pathname))) : Promise.resolve(page)
    body
      .then((content) => {
        response.writeHead(content === undefined ? 404 : 200, { 'content-type': type, ...headers })
        response.end(content)
      })
      .catch(() => response.writeHead(404, headers).end())
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
