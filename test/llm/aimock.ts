/** A local server that speaks the wire formats of OpenAI, Anthropic and Google, and remote models that talk to it. */
import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { LanguageModel } from '../../src/core/model.ts'
import { createRemoteModel, type RemoteParts } from '../../src/llm/remote-model.ts'
import type { RemoteModelOptions } from '../../src/llm/remote-options.ts'
import type { ContractAnswer } from '../contracts/language-model.ts'

export const KEY = 'sk-canary-5f1d0c9e7b3a4826'

export interface Server {
  readonly mock: LLMock
  readonly baseURL: string
  /** The requests since the last one was cleared: body, headers, path. */
  sent(): { path: string; headers: Record<string, string>; body: Record<string, unknown> }[]
}

/** One server for a test file, emptied before each test. */
export function useServer(): Server {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 8 })
  beforeAll(() => mock.start().then(() => {}))
  afterAll(() => mock.stop())
  beforeEach(() => void mock.reset().clearChaos())
  return {
    mock,
    get baseURL() {
      return `${mock.url}/v1`
    },
    sent: () => mock.getRequests().map(({ path, headers, body }) => ({ path, headers, body: (body ?? {}) as Record<string, unknown> })),
  }
}

/** The parts that a page loads on demand. */
export const parts: RemoteParts = {
  openai: () => import('../../src/llm/ai-sdk-openai.ts'),
  'openai-compatible': () => import('../../src/llm/ai-sdk-compatible.ts'),
  anthropic: () => import('../../src/llm/ai-sdk-anthropic.ts'),
  google: () => import('../../src/llm/ai-sdk-google.ts'),
}

/** What was sent, as it left. */
export interface Sent {
  url: string
  headers: Headers
  body: Record<string, unknown>
}

/** Waits that took no time, as they were asked for, and requests as they left. */
export interface Observed {
  waits: number[]
  requests: Sent[]
}

export function remote(server: Server, options: RemoteModelOptions = {}, spec = 'openai/gpt-4.1-mini'): LanguageModel & Observed {
  const waits: number[] = []
  const requests: Sent[] = []
  const inner = options.fetch ?? globalThis.fetch
  const model = createRemoteModel(
    spec,
    {
      ...(options.getToken ? {} : { apiKey: KEY }),
      baseURL: baseURLOf(server, spec),
      random: () => 0.5,
      sleep: (milliseconds) => {
        waits.push(milliseconds)
        return Promise.resolve()
      },
      ...options,
      fetch: (input, init) => {
        const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as Sent['body']) : {}
        requests.push({ url: input instanceof Request ? input.url : String(input), headers: new Headers(init?.headers), body })
        return inner(input, init)
      },
    },
    parts,
  )
  return { ...model, waits, requests }
}

export function baseURLOf(server: Server, spec: string): string {
  return spec.startsWith('google/') ? `${server.mock.url}/v1beta` : server.baseURL
}

/** Makes the server answer everything so that `model` says what the contract wants it to. */
export function say(server: Server, { text, toolCalls, finishReason }: ContractAnswer, { capabilities }: LanguageModel): void {
  const calls = capabilities?.tools ? toolCalls?.map(({ name, input }) => ({ name, arguments: input })) : undefined
  server.mock.onMessage(/.*/, {
    ...(calls ? { toolCalls: calls } : { content: text }),
    ...(finishReason && { finishReason }),
    usage: usage(9, 4),
  })
}

/** Token counts in the words of all vendors; each of them reads its own. */
export function usage(input: number, output: number): Record<string, number> {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    input_tokens: input,
    output_tokens: output,
    promptTokenCount: input,
    candidatesTokenCount: output,
    totalTokenCount: input + output,
  }
}
