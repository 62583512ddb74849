/**
 * Asks a remote model: whose key is used and when it is asked for, how it travels, and what a failure is called.
 * Loaded on demand, as a part of each vendor's own file.
 */
import { RepriseError } from '../core/errors.ts'
import type { GenerateRequest, Generation } from '../core/model.ts'
import { askModel } from './ai-sdk-ask.ts'
import type { AISDKModel } from './ai-sdk-types.ts'
import { persist, type Attempts } from './attempts.ts'
import { toRepriseError } from './remote-failure.ts'
import { isCredential, type RemoteSettings } from './remote-options.ts'
import type { OptionalSetting, WireFormat } from './remote-presets.ts'
import { redact } from './remote-secrets.ts'
import { guardedFetch } from './transport.ts'

/** A model that is asked, with what was learnt about it. */
export interface Remote extends RemoteSettings {
  /** Settings that the model refused before. */
  readonly withheld: Set<OptionalSetting>
}

/** What a vendor's package is told: no key, which `fetch` adds. */
export interface Target extends Pick<RemoteSettings, 'model' | 'baseURL' | 'capabilities' | 'quirks'> {
  fetch: typeof globalThis.fetch
}

/** Stands where a package insists on a key; `fetch` takes it away. Without one it would look into the environment. */
export const PLACEHOLDER = 'added-later'

/** One call, with as many attempts as it takes. Errors as `createRemoteModel` says. */
export function askRemote(remote: Remote, request: GenerateRequest, createModel: (target: Target) => AISDKModel): Promise<Generation> {
  return persist(attemptsOf(remote, createModel), request)
}

function attemptsOf(remote: Remote, createModel: (target: Target) => AISDKModel): Attempts {
  let token: string | undefined
  return {
    ...remote,
    renewsKey: remote.getToken !== undefined,
    secrets: secretsOf(remote),
    async prepare({ secrets }) {
      token = await tokenOf(remote, secrets)
      if (token !== undefined) secrets.add(token)
    },
    attempt(request, { alive }, withheld) {
      const fetch = guardedFetch({
        ...remote,
        key: token === undefined ? undefined : keyHeader(remote.wire, token),
        allowHttp: remote.baseURL.startsWith('http:'),
        streamed: request.onText !== undefined,
        alive,
      })
      return askModel(createModel({ ...remote, fetch }), request, { quirks: remote.quirks, withheld })
    },
    explain: (failure, progress) =>
      toRepriseError(failure, { ...remote, ...progress, keySource: remote.getToken ? 'what getToken() returns' : 'apiKey' }),
  }
}

function keyHeader(wire: WireFormat, token: string): { header: string; value: string } {
  if (wire === 'anthropic') return { header: 'x-api-key', value: token }
  if (wire === 'google') return { header: 'x-goog-api-key', value: token }
  return { header: 'authorization', value: `Bearer ${token}` }
}

async function tokenOf({ id, apiKey, getToken, timeoutMs }: RemoteSettings, secrets: Iterable<string>): Promise<string | undefined> {
  if (!getToken) return apiKey
  let token: unknown
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    token = await Promise.race([getToken(), late])
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : 'no Error was thrown'
    throw new RepriseError('model-unavailable', `getToken() failed, so ${id} was not asked (${redact(text, secrets)}).`)
  } finally {
    clearTimeout(timer)
  }
  if (typeof token === 'string' && token !== '') return token
  throw new RepriseError('model-unavailable', `getToken() returned no text, so ${id} was not asked.`)
}

function secretsOf({ apiKey, headers }: RemoteSettings): Set<string> {
  const credentials = Object.entries(headers).filter(([name]) => isCredential(name))
  const secrets = credentials.flatMap(([, value]) => value.split(/\s+/).filter((word) => word.length >= 8))
  return new Set(apiKey === undefined ? secrets : [apiKey, ...secrets])
}
