/** The model under test: the library's own or a remote one, which the harness treats alike. */
import type { LanguageModel } from '../../src/core/model.ts'
import { deriveSeed } from '../../src/embedded/random.ts'
import { embeddedModel } from '../../src/presets/embedded.ts'
import { remoteModel } from '../../src/presets/models.ts'
import { host, Stop, type Config } from './host.ts'

export interface Tested {
  model: LanguageModel
  /** Puts something else into the model's cache, so that a row's times do not profit from prompts of the row before. */
  forget(): Promise<unknown>
}

export async function openModel({ model }: Config): Promise<Tested> {
  if (model.kind === 'embedded') {
    const embedded = embeddedModel(model.weights === undefined ? {} : { weights: new URL(model.weights, location.href).href })
    await embedded.load()
    const messages = [{ role: 'user' as const, content: 'goal: ; plan:' }]
    return { model: embedded, forget: () => embedded.generate({ messages, maxTokens: 1, seed: 1 }) }
  }
  const { spec, baseURL } = model
  const remote = remoteModel(spec, { getToken: () => host.benchKey(), ...(baseURL !== undefined && { baseURL }) })
  return { model: capped(remote), forget: () => Promise.resolve() }
}

/** The same answers for the same questions in the same order, whatever was asked before. */
export function seeded(model: LanguageModel, seed: number): LanguageModel {
  let asked = 0
  return { ...model, generate: (request) => model.generate({ ...request, seed: deriveSeed(seed, asked++) >>> 1 }) }
}

/** Asks nothing more once the cap is reached; the call that reaches it is answered. */
function capped(model: LanguageModel): LanguageModel {
  return {
    ...model,
    async generate(request) {
      if (!(await host.benchSpend({ inputTokens: 0, outputTokens: 0 }))) throw new Stop('the cap on cost or tokens is reached')
      const generation = await model.generate(request)
      await host.benchSpend(generation.usage)
      return generation
    },
  }
}
