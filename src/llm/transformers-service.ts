/**
 * What runs inside the worker of `transformersModel`: a causal language model of transformers.js, asked one question after another.
 * The library itself is handed in, so that only the worker's bundle holds it.
 */
import type { PreTrainedModel, PreTrainedTokenizer } from '@huggingface/transformers'
import { RepriseError } from '../core/errors.ts'
import { throwIfAborted } from '../util/abort.ts'
import { nextTurn } from '../util/next-turn.ts'
import {
  configureTransformers,
  forgetUnreadable,
  isRuntimeFailure,
  probeDevice,
  progressReporter,
  type TransformersRuntime,
} from '../util/transformers/runtime.ts'
import type { WeightsApi } from '../util/transformers/keep-on-device.ts'
import type { WeightsInput } from '../util/transformers/weights.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { answerFrom, type TransformersGeneration } from './transformers-answer.ts'
import type { GenerationApi, GenerationOutcome } from './worker-generation.ts'

/** What is used of transformers.js. */
export type TransformersForText = TransformersRuntime &
  TransformersGeneration &
  Pick<typeof import('@huggingface/transformers'), 'AutoModelForCausalLM' | 'AutoTokenizer'>

export type TransformersModelApi = GenerationApi & WeightsApi

/** The handler behind `workers/transformers-model.worker.ts`. Errors: `model-unavailable`, `model-failed`, `aborted`. */
export function createTransformersService(transformers: TransformersForText): TransformersModelApi {
  const inTurn = oneAtATime()
  let loaded: { tokenizer: PreTrainedTokenizer; model: PreTrainedModel } | undefined
  let broken: string | undefined
  return {
    probe: probeDevice,
    async load(input, { emit }) {
      configureTransformers(transformers, input)
      try {
        loaded = await loadParts(transformers, input, progressReporter(emit))
      } catch (error) {
        await forgetUnreadable(transformers, input, error)
        throw loadFailure(error, input)
      }
    },
    generate: (input, context) =>
      inTurn(async (): Promise<GenerationOutcome> => {
        throwIfAborted(context.signal)
        if (broken !== undefined) return { kind: 'lost', why: broken }
        if (!loaded) throw new RepriseError('model-unavailable', 'The worker was asked before its weights were loaded.')
        const outcome = await answerFrom({ ...transformers, ...loaded }, input, context)
        // The library chains its runs: after one that rejected all later ones reject too, and only a fresh worker helps.
        if (outcome.kind === 'lost') broken = outcome.why
        return outcome
      }),
  }
}

type Report = ReturnType<typeof progressReporter>

/** In parts: `pipeline()` would look for the model's files at the main revision first. */
async function loadParts(
  { AutoModelForCausalLM, AutoTokenizer }: TransformersForText,
  { model: name, dtype, device }: WeightsInput,
  progress_callback: Report,
): Promise<{ tokenizer: PreTrainedTokenizer; model: PreTrainedModel }> {
  const [tokenizer, model] = await Promise.all([
    AutoTokenizer.from_pretrained(name, { progress_callback }),
    AutoModelForCausalLM.from_pretrained(name, { progress_callback, dtype, device }),
  ])
  hearBetweenTokens(model)
  return { tokenizer, model }
}

/** On WASM the library makes a whole answer without ever waiting, and so would hear of an abort when it is done. */
function hearBetweenTokens(model: PreTrainedModel): void {
  const forward = model.forward.bind(model)
  model.forward = async (inputs) => {
    await nextTurn()
    return (await forward(inputs)) as unknown
  }
}

function loadFailure(error: unknown, { model, dtype, host, localPath, ort }: WeightsInput): RepriseError {
  const source = localPath ?? host ?? 'the Hugging Face hub'
  const what = error instanceof Error ? error.message : String(error)
  return new RepriseError(
    'model-unavailable',
    isRuntimeFailure(what)
      ? `The runtime of ${model} did not start: ${what}. Check that ${ort.mjs} and ${ort.wasm} are served.`
      : `The weights of ${model} (${dtype}) could not be had from ${source}: ${what}. ` +
          'Does the model have this dtype in its onnx folder? Weights can be served by yourself: name the place with `host` or `localPath`.',
    { cause: error },
  )
}
