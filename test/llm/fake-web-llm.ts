/**
 * A WebLLM engine without a model, typed by the package's own interface, behind the library's own worker service. What it answers
 * and how it fails comes with the record of the model (`overrides.fake`), and for one worker alone with that worker's name.
 */
import type {
  AppConfig,
  ChatCompletionChunk,
  ChatCompletionRequestStreaming,
  InitProgressCallback,
  MLCEngineConfig,
  MLCEngineInterface,
} from '@mlc-ai/web-llm'
import type { WebLLMPackage } from '../../src/llm/web-llm-service.ts'

export interface FakePlan {
  /** What it says, in parts of four characters. Without one it says what it was asked. */
  answer?: string
  /**
   * `lose-on-load`, `lose-in-answer`: the GPU device goes away. `break`: the engine throws. `refuse`: it refuses the request.
   * `deaf`: an interruption does not reach it. `stale`: an interruption of before hits the first answer.
   * `quota`, `vanish`: the browser's cache is full, or loses a file once.
   */
  fault?: 'lose-on-load' | 'lose-in-answer' | 'break' | 'refuse' | 'deaf' | 'stale' | 'quota' | 'vanish'
  /** Milliseconds for each part (default 1). */
  pace?: number
}

export const fakePackage: WebLLMPackage = {
  prebuiltAppConfig: { model_list: [] },
  createEngine: (config) => createFakeEngine(config),
  deleteChatConfigInCache: async () => {},
  deleteModelWasmInCache: async () => {},
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

type Engine = Pick<MLCEngineInterface, 'chat' | 'reload' | 'interruptGenerate' | 'resetChat' | 'unload'>

function createFakeEngine({ appConfig, initProgressCallback }: MLCEngineConfig): MLCEngineInterface {
  const state: State = { plan: {}, device: undefined, interrupted: false, dirty: false, asked: 0 }
  const create = async (request: ChatCompletionRequestStreaming): Promise<AsyncIterable<ChatCompletionChunk>> => say(state, request)
  const engine: Engine = {
    chat: { completions: { create } } as unknown as MLCEngineInterface['chat'],
    reload: (id) => load(state, { id: String(id), appConfig, report: initProgressCallback ?? (() => {}) }),
    interruptGenerate: () => void (state.interrupted = state.plan.fault !== 'deaf'),
    resetChat: async () => void (state.dirty = false),
    unload: async () => state.device?.destroy(),
  }
  return engine as MLCEngineInterface
}

interface State {
  plan: FakePlan
  device: { destroy(): void } | undefined
  interrupted: boolean
  /** An interrupted conversation that nobody cleared gives nothing more. */
  dirty: boolean
  asked: number
}

interface Load {
  id: string
  appConfig: AppConfig | undefined
  report: InitProgressCallback
}

async function load(state: State, { id, appConfig, report }: Load): Promise<void> {
  const record = appConfig?.model_list.find(({ model_id }) => model_id === id)
  const { fake } = (record?.overrides ?? {}) as { fake?: FakePlan }
  const vanished = state.plan.fault === 'vanish'
  state.plan = { ...fake, ...(self.name && (JSON.parse(self.name) as FakePlan)) }
  if (state.plan.fault === 'quota') throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  if (state.plan.fault === 'vanish' && !vanished) throw new Error(`Cannot fetch ${record?.model}`)
  const { gpu } = navigator as unknown as {
    gpu: { requestAdapter(): Promise<{ requestDevice(): Promise<{ destroy(): void }> } | null> }
  }
  state.device = await (await gpu.requestAdapter())?.requestDevice()
  const words = 'secs elapsed. It can take a while when we first visit this page to populate the cache.'
  report({ progress: 0, timeElapsed: 0, text: 'Start to fetch params' })
  report({ progress: 0.5, timeElapsed: 1, text: `Fetching param cache[1/2]: 40MB fetched. 50% completed, 1 ${words}` })
  if (state.plan.fault === 'lose-on-load') {
    state.device?.destroy()
    await new Promise<never>(() => {})
  }
  report({ progress: 1, timeElapsed: 2, text: 'Loading model from cache[2/2]: 80MB loaded. 100% completed, 2 secs elapsed.' })
  report({ progress: 1, timeElapsed: 2, text: 'Finish loading on WebGPU - fake' })
}

async function* say(state: State, request: ChatCompletionRequestStreaming): AsyncGenerator<ChatCompletionChunk> {
  const { fault, pace = 1, answer = JSON.stringify(request) } = state.plan
  state.asked++
  if (fault === 'refuse')
    throw Object.assign(new Error('Prompt tokens exceed context window size'), { name: 'ContextWindowSizeExceededError' })
  if (fault === 'break') throw new Error('Module has already been disposed')
  state.interrupted = fault === 'stale' && state.asked === 1
  const parts = state.dirty ? [] : (answer.match(/[\s\S]{1,4}/gu) ?? [])
  const limit = request.max_tokens ?? Infinity
  let made = 0
  for (const content of parts) {
    if (state.interrupted || made >= limit) break
    made++
    await pause(pace)
    yield chunk({ choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] })
    if (fault === 'lose-in-answer' && made === 2) {
      state.device?.destroy()
      await new Promise<never>(() => {})
    }
  }
  state.dirty = state.interrupted
  const reason = state.interrupted ? 'abort' : made < parts.length ? 'length' : 'stop'
  yield chunk({ choices: [{ index: 0, delta: {}, finish_reason: reason }] })
  const extra = {
    e2e_latency_s: 1,
    prefill_tokens_per_s: 100,
    decode_tokens_per_s: 20,
    time_to_first_token_s: 0.25,
    time_per_output_token_s: 0.05,
  }
  yield chunk({ choices: [], usage: { prompt_tokens: 12, completion_tokens: made, total_tokens: 12 + made, extra } })
}

function chunk(rest: Pick<ChatCompletionChunk, 'choices'> & { usage?: ChatCompletionChunk['usage'] }): ChatCompletionChunk {
  const { usage, choices } = rest
  return { id: 'fake', created: 0, model: 'fake', object: 'chat.completion.chunk', choices, ...(usage && { usage }) }
}
