/**
 * Remote models as `LanguageModel`s. What talks to a vendor is a part of its own, loaded with the first request: it holds the
 * vendor's package and all that is needed to ask it (`remote-ask.ts`).
 */
import { RepriseError } from '../core/errors.ts'
import type { GenerateRequest, Generation, LanguageModel } from '../core/model.ts'
import { abortable } from '../util/abort.ts'
import type { Remote } from './remote-ask.ts'
import { readOptions, type RemoteModelOptions } from './remote-options.ts'
import type { WireFormat } from './remote-presets.ts'

/** The part that talks to servers of one wire format. */
export interface RemotePart {
  ask(remote: Remote, request: GenerateRequest): Promise<Generation>
}

/** Loads the part for each wire format. */
export type RemoteParts = Readonly<Record<WireFormat, () => Promise<RemotePart>>>

/**
 * A model behind an API: `'openai/gpt-5-mini'`, `'anthropic/claude-…'`, `'google/gemini-…'`, the name of another of `remotePresets`,
 * or `'openai-compatible/<model>'` with its `baseURL`. Nothing is loaded or sent before the first `generate`.
 *
 * Requests that fail with 408, 409, 429, 5xx or for lack of a network are repeated with growing, jittered waits, or after
 * `Retry-After` where it is at most a minute; never after an abort, nor once text was delivered. Settings that the model refuses are
 * left out, with a warning; a schema that it refuses is said in words, with a warning, too; stop texts that a server does not know are cut
 * off here, and what would follow them is not waited for, not even its usage.
 *
 * Errors: `invalid-options`, `model-unavailable` (cannot be reached), `model-failed` (refused or broke off),
 * `model-output` (unreadable, or `maxTokens` used up before the first word), `aborted`. No error, warning or URL contains a key.
 *
 * @example
 * const model = createRemoteModel('openai/gpt-5-mini', { getToken: () => myServer.token() }, parts)
 * const { text } = await model.generate({ messages: [{ role: 'user', content: 'Hello' }] })
 */
export function createRemoteModel(spec: string, options: RemoteModelOptions, parts: RemoteParts): LanguageModel {
  const settings = readOptions(spec, options)
  const remote: Remote = { ...settings, withheld: new Set(settings.quirks.refuses) }
  const load = once(parts[remote.wire])
  const answer = async (request: GenerateRequest): Promise<Generation> => (await load()).ask(remote, request)
  return { id: spec, capabilities: settings.capabilities, generate: (request) => abortable(answer(request), request.signal) }
}

/** Loads once; a load that failed is tried again with the next request. */
export function once<P>(load: () => Promise<P>): () => Promise<P> {
  let loading: Promise<P> | undefined
  return () =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined
      throw new RepriseError('model-unavailable', 'The part that talks to remote models could not be loaded. Nothing was sent.', {
        cause: error,
      })
    }))
}
