/** The model under test: the library's own or a remote one, which the harness treats alike. */
import type { LanguageModel } from '../../src/core/model.ts'
import { deriveSeed } from '../../src/embedded/random.ts'
import { embeddedModel } from '../../src/presets/embedded.ts'
import { remoteModel } from '../../src/presets/models.ts'
import { host, Stop, type Config } from './host.ts'

export async function openModel({ model }: Config): Promise<LanguageModel> {
  if (model.kind === 'embedded') {
    const embedded = embeddedModel(model.weights === undefined ? {} : { weights: new URL(model.weights, location.href).href })
    await embedded.load()
    return embedded
  }
  const { spec, baseURL } = model
  return capped(remoteModel(spec, { getToken: () => host.benchKey(), ...(baseURL !== undefined && { baseURL }) }))
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
