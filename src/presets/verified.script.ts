/**
 * URLs of the files beside the script, for the script-tag build alone.
 *
 * A page cannot start a worker from another origin, nor check one that it starts: a file of another origin is fetched,
 * checked against the hash that was written into the script when both were built, and served from a blob.
 * A file of the page's own origin is as trusted as the script itself and used where it lies.
 */
import { manifest } from 'virtual:manifest'
import { RepriseError } from '../core/errors.ts'

// Only readable while the script runs for the first time.
const script = typeof document === 'undefined' ? null : document.currentScript
const base = script instanceof HTMLScriptElement ? new URL('.', script.src).href : ''
const urls = new Map<string, Promise<string>>()

/** Errors: `worker-lost` where the file cannot be had or is not the one that was built with this script. */
export function verifiedUrl(path: string): Promise<string> {
  const known = urls.get(path)
  if (known) return known
  const url = locate(path)
  urls.set(path, url)
  url.catch(() => urls.delete(path))
  return url
}

async function locate(path: string): Promise<string> {
  const integrity = manifest[path]
  if (!base || !integrity)
    throw new RepriseError(
      'worker-lost',
      `${path} is not beside this script: load reprise.iife.js with a <script src> that keeps its folder.`,
    )
  const url = new URL(path, base)
  return url.origin === location.origin ? url.href : await fetchVerified(url.href, integrity)
}

async function fetchVerified(url: string, integrity: string): Promise<string> {
  try {
    const response = await fetch(url, { integrity, mode: 'cors', credentials: 'omit' })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: typeOf(url) }))
  } catch (error) {
    throw new RepriseError(
      'worker-lost',
      `${url} could not be loaded, or is not the file that was built with this script. Serve all files of one release, with CORS.`,
      { cause: error },
    )
  }
}

function typeOf(url: string): string {
  if (/\.m?js$/.test(url)) return 'text/javascript'
  return url.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream'
}
