/** A local server that speaks OpenAI's wire format, and remote models that talk to it. */
import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { LanguageModel } from '../../src/core/model.ts'
import { createRemoteModel } from '../../src/llm/remote-model.ts'
import type { RemoteModelOptions } from '../../src/llm/remote-options.ts'

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

/** Waits that took no time, as they were asked for. */
export interface Waits {
  waits: number[]
}

export function remote(server: Server, options: RemoteModelOptions = {}, spec = 'openai/gpt-4.1-mini'): LanguageModel & Waits {
  const waits: number[] = []
  const model = createRemoteModel(
    spec,
    {
      ...(options.getToken ? {} : { apiKey: KEY }),
      baseURL: server.baseURL,
      random: () => 0.5,
      sleep: (milliseconds) => {
        waits.push(milliseconds)
        return Promise.resolve()
      },
      ...options,
    },
    () => import('../../src/llm/ai-sdk.ts'),
  )
  return { ...model, waits }
}
