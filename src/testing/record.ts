/** Calls of a real model, kept for tests that shall neither wait nor pay. */
import { isRepriseError } from '../core/errors.ts'
import type { GenerateRequest, LanguageModel } from '../core/model.ts'
import { throwIfAborted } from '../util/abort.ts'
import { wrapModel } from '../util/plain-model.ts'
import { asked, type Cassette, type CassetteEntry } from './cassette.ts'
import { withoutSecrets } from './secrets.ts'

/** What `record` and `replay` take. */
export interface CassetteOptions {
  /** Texts of 4 characters or more that must not be kept, besides what looks like a key anyway. The same for `record` and `replay`. */
  secrets?: readonly string[]
}

/** A model that keeps what it was asked and what it answered. */
export interface RecordingModel extends LanguageModel {
  /** The calls so far that have ended, in the order in which they began: a copy, fit for `JSON.stringify`. */
  cassette(): Cassette
}

/**
 * `model`, which goes on answering as it does; `cassette()` is for `replay`. Of a request only what the answer depends on is kept, of an
 * error its code and message. Keys never reach a request, and where a text looks like one, or is one of `secrets`, `[key]` is kept in its
 * place: the caller still gets the real answer, `replay` gives the other. Calls that were aborted before they began are not kept.
 *
 * @example
 * const model = record(remoteModel('openai/gpt-5-mini', { getToken }))
 * await agent.run(environment, 'Find the key')
 * await writeFile('key.cassette.json', JSON.stringify(model.cassette(), null, 2))
 */
export function record(model: LanguageModel, { secrets = [] }: CassetteOptions = {}): RecordingModel {
  const calls: { entry?: CassetteEntry }[] = []
  return wrapModel(model, (inner) => ({
    id: inner.id,
    get capabilities() {
      return inner.capabilities ?? {}
    },
    ...(inner.prompts && { prompts: inner.prompts }),
    ...(inner.unload && { unload: () => inner.unload?.() ?? Promise.resolve() }),
    cassette: () => ({
      format: 'reprise-cassette',
      version: 1,
      model: inner.id,
      ...(inner.capabilities && { capabilities: { ...inner.capabilities } }),
      entries: structuredClone(calls.flatMap(({ entry }) => entry ?? [])),
    }),
    async generate(request) {
      throwIfAborted(request.signal)
      const call: { entry?: CassetteEntry } = {}
      calls.push(call)
      const kept = tape(request)
      try {
        const answer = await inner.generate(kept.request)
        call.entry = cleaned({ ...kept.entry, answer: structuredClone(answer) }, secrets)
        return answer
      } catch (error) {
        call.entry = cleaned({ ...kept.entry, error: described(error) }, secrets)
        throw error
      }
    },
  }))
}

/** `request` with listeners that also write down what they hear. */
function tape(request: GenerateRequest): { request: GenerateRequest; entry: CassetteEntry } {
  const { onText, onWarning } = request
  const entry: CassetteEntry = { request: asked(request) }
  const hear = (delta: string): void => {
    ;(entry.deltas ??= []).push(delta)
    onText?.(delta)
  }
  const warn = (message: string): void => {
    ;(entry.warnings ??= []).push(message)
    onWarning?.(message)
  }
  if (onText) entry.deltas = []
  return { request: { ...request, ...(onText && { onText: hear }), onWarning: warn }, entry }
}

/** A key may have been streamed in several parts, none of which looks like one: then they are kept as one. */
function cleaned(entry: CassetteEntry, secrets: readonly string[]): CassetteEntry {
  const clean = withoutSecrets(entry, secrets)
  const whole = entry.deltas?.join('')
  if (whole === undefined) return clean
  const told = withoutSecrets(whole, secrets)
  return told === whole ? clean : { ...clean, deltas: [told] }
}

function described(error: unknown): NonNullable<CassetteEntry['error']> {
  if (isRepriseError(error)) return { code: error.code, message: error.message }
  return { code: 'model-failed', message: error instanceof Error ? error.message : String(error) }
}
