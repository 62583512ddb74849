/** A recorded model: gives the answers that a real one gave, without it. */
import { RepriseError } from '../core/errors.ts'
import type { GenerateRequest, Generation, LanguageModel } from '../core/model.ts'
import { throwIfAborted } from '../util/abort.ts'
import { asked, keyOf, readCassette, type Cassette, type CassetteEntry, type CassetteRequest } from './cassette.ts'
import { nearest } from './nearest-request.ts'
import type { CassetteOptions } from './record.ts'
import { withoutSecrets } from './secrets.ts'

/**
 * A model that answers from what `record` kept: each recorded call once, equal requests in the order in which they were made, texts in
 * the same parts, with the same usage, warnings and errors.
 *
 * Errors: `invalid-options` for what is no cassette of this version; `model-failed` where a request was not recorded, or not as often, with the
 * first difference from the recorded request that is most like it; those that were recorded; `aborted`.
 *
 * @example
 * const model = replay(JSON.parse(await readFile('key.cassette.json', 'utf8')))
 */
export function replay(cassette: Cassette, { secrets = [] }: CassetteOptions = {}): LanguageModel {
  const { model: id, capabilities, entries } = structuredClone(readCassette(cassette))
  const waiting = new Map<string, CassetteEntry[]>()
  for (const entry of entries) {
    const key = keyOf(entry.request)
    waiting.set(key, [...(waiting.get(key) ?? []), entry])
  }
  const counts = new Map([...waiting].map(([key, { length }]) => [key, length]))
  return {
    id,
    ...(capabilities && { capabilities }),
    async generate(request) {
      throwIfAborted(request.signal)
      const wanted = withoutSecrets(asked(request), secrets)
      const key = keyOf(wanted)
      const entry = waiting.get(key)?.shift()
      if (!entry) throw missing(id, { wanted, entries, recorded: counts.get(key) ?? 0 })
      return play(id, entry, request)
    },
  }
}

interface Missing {
  wanted: CassetteRequest
  entries: readonly CassetteEntry[]
  recorded: number
}

function missing(id: string, { wanted, entries, recorded }: Missing): RepriseError {
  if (recorded > 0) {
    const times = recorded === 1 ? 'once' : `${recorded} times`
    return new RepriseError('model-failed', `The cassette of ${id} has this request ${times}, and it was made once more. Record it again.`)
  }
  const difference = nearest(
    wanted,
    entries.map(({ request }) => request),
  )
  const why = difference ?? 'It holds no request at all.'
  return new RepriseError('model-failed', `The cassette of ${id} does not have this request. ${why} Record it again.`)
}

async function play(id: string, { deltas, warnings = [], answer, error }: CassetteEntry, request: GenerateRequest): Promise<Generation> {
  const { signal, onText, onWarning } = request
  for (const warning of warnings) onWarning?.(warning)
  // Recorded without a listener, the text comes in one part.
  for (const delta of onText ? (deltas ?? [answer?.text ?? ''].filter(Boolean)) : []) {
    onText?.(delta)
    await Promise.resolve() // a place for an abort to come between
    throwIfAborted(signal)
  }
  await Promise.resolve()
  throwIfAborted(signal)
  if (answer) return structuredClone(answer)
  if (error?.code === 'aborted')
    throw new RepriseError(
      'model-failed',
      `This call of ${id} was aborted behind ${deltas?.length ?? 0} parts of text when it was recorded, and is not aborted now: there is no more of it.`,
    )
  throw new RepriseError(error?.code ?? 'model-failed', error?.message ?? '')
}
