/** What `remoteModel` may be told, checked once: which vendor, where, and that no key lies open in a page by accident. */
import * as z from 'zod/mini'
import { capabilitiesSchema } from './capabilities-schema.ts'
import { RepriseError } from '../core/errors.ts'
import type { Awaitable } from '../core/json.ts'
import type { Capabilities } from '../core/model.ts'
import { parse } from '../util/validate.ts'
import { isLocal } from './local-address.ts'
import { remotePresets, type RemotePreset, type RemoteQuirks, type WireFormat } from './remote-presets.ts'

/**
 * What `remoteModel` takes. Where the server needs a key: one of `apiKey` and `getToken`, or a `baseURL` or a header by which the
 * server knows who asks.
 */
export interface RemoteModelOptions {
  /** A key. In a page every script can read it: there it also needs `dangerouslyAllowBrowser`. */
  apiKey?: string
  /** Allows `apiKey`, or a header that holds a secret, in a page all the same (default false: `invalid-options`). */
  dangerouslyAllowBrowser?: boolean
  /** Returns a short-lived token of your own server. Called for each request, and once more when the server answers 401. */
  getToken?(): Awaitable<string>
  /** Where the API is; a path is taken relative to the page. Needed for `openai-compatible/…`. */
  baseURL?: string
  /** Hosts that requests may go to, as `'api.example.com'` or `'localhost:8080'`; by default the one of `baseURL` alone. */
  allowedHosts?: readonly string[]
  /** What this model does by itself, where that is known better than here: e.g. `{ tools: true }` for a local one that calls tools. */
  capabilities?: Capabilities
  /** Sent with each request. */
  headers?: Record<string, string>
  /** Sends the requests instead of the global `fetch`; looked up at each request by default. */
  fetch?: typeof globalThis.fetch
  /** Longest silence of the server in ms, more than 0 (default 120,000). After it the request fails and may be repeated. */
  timeoutMs?: number
  /** Repetitions of a request that failed for a passing reason, 0 to 20 (default 3). */
  maxRetries?: number
  /** Waits between repetitions; a timer by default. */
  sleep?(milliseconds: number): Promise<void>
  /** Numbers from 0 to 1, for the jitter of those waits (default `Math.random`). */
  random?(): number
}

/** Options with their defaults, and the model they are for. */
export interface RemoteSettings {
  /** `'openai/gpt-5-mini'`. */
  id: string
  wire: WireFormat
  /** The vendor's name of the model. */
  model: string
  capabilities: Capabilities
  quirks: RemoteQuirks
  /** Absolute, without a slash at its end. */
  baseURL: string
  allowedHosts: readonly string[]
  apiKey: string | undefined
  getToken: (() => Awaitable<string>) | undefined
  headers: Record<string, string>
  fetch: typeof globalThis.fetch
  timeoutMs: number
  maxRetries: number
  sleep(milliseconds: number): Promise<void>
  random(): number
}

/** Throws `invalid-options` where something is missing or dangerous. */
export function readOptions(spec: string, options: RemoteModelOptions): RemoteSettings {
  parse(schema, options, 'remoteModel options')
  const { preset, model } = parseSpec(spec, options.baseURL !== undefined)
  requireKey(spec, preset, options)
  refuseOpenKey(options)
  const baseURL = resolveBaseURL(options.baseURL ?? preset.baseURL, spec)
  return {
    id: spec,
    wire: preset.wire,
    model,
    capabilities: { ...capabilitiesOf(preset, model, baseURL), ...options.capabilities },
    quirks: preset.quirks ?? {},
    baseURL,
    allowedHosts: hostsOf(baseURL, options.allowedHosts),
    apiKey: options.apiKey,
    getToken: options.getToken && ((): Awaitable<string> => options.getToken?.() ?? ''),
    headers: { ...preset.quirks?.headers, ...options.headers },
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    timeoutMs: options.timeoutMs ?? 120_000,
    maxRetries: options.maxRetries ?? 3,
    sleep: options.sleep ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))),
    random: options.random ?? Math.random,
  }
}

function parseSpec(spec: string, hasBaseURL: boolean): { preset: RemotePreset; model: string } {
  const [vendor = '', ...rest] = String(spec).split('/')
  const model = rest.join('/')
  const preset = Object.hasOwn(remotePresets, vendor) ? remotePresets[vendor] : undefined
  if (!preset && hasBaseURL)
    throw invalid(`${JSON.stringify(spec)} names no vendor known here; for a server of your own write 'openai-compatible/<model>'`)
  if (!preset || model.trim() === '') throw invalid(`the model ${JSON.stringify(spec)} must be one of ${SPECS}`)
  // One wire format has it in the address.
  if (/[?#\\]|(^|\/)\.\.?(\/|$)/.test(model)) throw invalid(`the model ${JSON.stringify(spec)} must hold no ?, # or ..`)
  return { preset, model }
}

const SPECS: string = Object.keys(remotePresets)
  .map((name) => `'${name}/<model>'`)
  .join(', ')

/** A vendor's own address needs a key; a proxy of the host's may add it itself, and local servers have none. */
function requireKey(spec: string, preset: RemotePreset, { apiKey, getToken, baseURL, headers }: RemoteModelOptions): void {
  if (apiKey !== undefined && getToken) throw invalid('give either apiKey or getToken, not both')
  if (apiKey !== undefined || getToken || baseURL !== undefined || Object.keys(headers ?? {}).some(isCredential)) return
  if (preset.needsKey) throw invalid(`${spec} needs getToken() or apiKey, or the baseURL of a proxy that adds the key`)
}

function capabilitiesOf({ capabilities, exceptions = [] }: RemotePreset, model: string, baseURL: string): Capabilities {
  const { offline, ...others } = exceptions.find(({ models }) => new RegExp(models).test(model))?.capabilities ?? capabilities
  return { ...others, ...(offline && isLocal(baseURL) && { offline }) }
}

function hostsOf(baseURL: string, allowedHosts: readonly string[] | undefined): readonly string[] {
  const { host } = new URL(baseURL)
  if (!allowedHosts) return [host]
  const hosts = allowedHosts.map((allowed) => allowed.toLowerCase())
  if (!hosts.includes(host)) throw invalid(`the host of baseURL, ${host}, is not among allowedHosts (${hosts.join(', ')})`)
  return hosts
}

function refuseOpenKey({ apiKey, headers, dangerouslyAllowBrowser }: RemoteModelOptions): void {
  const inPage = typeof window !== 'undefined' && typeof document !== 'undefined'
  const open = apiKey !== undefined || Object.keys(headers ?? {}).some(isCredential)
  if (!inPage || !open || dangerouslyAllowBrowser) return
  throw invalid(
    'a key in a page can be read by every script of that page. Give getToken(), which returns a short-lived token of your own server, ' +
      'or the baseURL of a proxy that adds the key; to use the key here all the same, set dangerouslyAllowBrowser: true',
  )
}

/** Whether a header of this name holds a secret. */
export function isCredential(header: string): boolean {
  return /auth|key|token|secret|cookie|session|password|credential|signature/i.test(header)
}

function resolveBaseURL(baseURL: string | undefined, spec: string): string {
  if (baseURL === undefined) throw invalid(`${spec} needs baseURL, e.g. http://localhost:11434/v1`)
  const page = typeof document === 'undefined' ? globalThis.location?.href : document.baseURI
  const url = URL.canParse(baseURL, page) ? new URL(baseURL, page) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) throw invalid('baseURL must be an http or https address; a path alone works only in a page')
  if (url.username || url.password || url.search || url.hash)
    throw invalid('baseURL must have no user, password, query or fragment: keys in addresses end up in logs. Use headers or getToken()')
  return url.href.replace(/\/+$/, '')
}

function invalid(what: string): RepriseError {
  return new RepriseError('invalid-options', `remoteModel options: ${what}.`)
}

const isFunction = z.custom<(...args: never[]) => never>((value) => typeof value === 'function', 'must be a function')

const schema = z.strictObject({
  apiKey: z.optional(z.string().check(z.minLength(1))),
  dangerouslyAllowBrowser: z.optional(z.boolean()),
  getToken: z.optional(isFunction),
  baseURL: z.optional(z.string()),
  allowedHosts: z.optional(z.array(z.string().check(z.minLength(1)))),
  capabilities: z.optional(capabilitiesSchema),
  headers: z.optional(z.record(z.string(), z.string())),
  fetch: z.optional(isFunction),
  // Timers of more milliseconds fire at once.
  timeoutMs: z.optional(z.number().check(z.positive(), z.lte(2 ** 31 - 1))),
  maxRetries: z.optional(z.int().check(z.gte(0), z.lte(20))),
  sleep: z.optional(isFunction),
  random: z.optional(isFunction),
})
