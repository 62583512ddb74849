/** A key given to a remote model leaves in one header, and is found nowhere else: every byte that goes out is read on the wire. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createAgent } from '../../src/agent/create-agent.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import { hashEmbedder } from '../../src/embedding/hash-embedder.ts'
import { createRemoteModel } from '../../src/llm/remote-model.ts'
import { createMemoryEngine } from '../../src/memory/memory-engine.ts'
import { openMemoryStore } from '../../src/memory/store/memory-store.ts'
import { scriptedEnvironment } from '../../src/testing/index.ts'
import { parts, useServer } from './aimock.ts'

const CANARY = 'canary-7c1e94d0b8f2463a'
const server = useServer()
let wire = ''
let tap: Server
let address = ''

beforeAll(async () => {
  tap = createServer((client) => {
    const upstream = connect(Number(new URL(server.mock.url).port), '127.0.0.1')
    client.on('data', (bytes) => (wire += bytes.toString('latin1'))).pipe(upstream)
    upstream.pipe(client)
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
  }).listen(0, '127.0.0.1')
  await once(tap, 'listening')
  address = `http://127.0.0.1:${(tap.address() as AddressInfo).port}`
})
afterAll(() => void tap.close())
afterEach(() => vi.restoreAllMocks())

const VENDORS = [
  { spec: 'openai/gpt-5-mini', path: '/v1', line: `authorization: Bearer ${CANARY}` },
  { spec: 'ollama/qwen3', path: '/v1', line: `authorization: Bearer ${CANARY}` },
  { spec: 'anthropic/claude-sonnet-4-5', path: '/v1', line: `x-api-key: ${CANARY}` },
  { spec: 'google/gemini-2.5-flash', path: '/v1beta', line: `x-goog-api-key: ${CANARY}` },
]

describe.each(VENDORS)('$spec', ({ spec, path, line }) => {
  test.each([{ apiKey: CANARY }, { getToken: () => CANARY }])(
    'trains, fails and is repeated, and no byte but the one header holds the key (%o)',
    async (credentials) => {
      wire = ''
      const console_ = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
        vi.spyOn(console, name).mockImplementation(() => {}),
      )
      const events: AgentEvent[] = []
      const failures: unknown[] = []
      const model = createRemoteModel(
        spec,
        { ...credentials, baseURL: address + path, maxRetries: 1, sleep: () => Promise.resolve() },
        parts,
      )
      const memory = await createMemoryEngine({ store: openMemoryStore(), embedder: hashEmbedder() })
      const environment = () =>
        scriptedEnvironment([{ observation: 'it opens', done: true, success: true }], { observation: 'a shut door' })
      const agent = createAgent({ model, memory, onEvent: (event) => void events.push(event) })

      server.mock.on({ sequenceIndex: 0 }, { error: { message: `overloaded, ${CANARY}` }, status: 503 })
      server.mock.onMessage(/./, { content: 'knock twice' })
      await agent.train(environment(), 'open the door')
      for (const status of [400, 401, 403, 404, 429, 500]) {
        server.mock.reset()
        server.mock.on({}, { error: { message: `Incorrect key ${CANARY.slice(0, 9)}***, ${CANARY}`, param: CANARY }, status })
        await agent.train(environment(), 'open the window').catch((error: unknown) => failures.push(error))
      }
      server.mock.reset()
      server.mock.setChaos({ malformedRate: 1 }).on({}, { content: CANARY })
      await agent.train(environment(), 'open the gate').catch((error: unknown) => failures.push(error))
      server.mock.clearChaos()

      expect(failures).toHaveLength(7)
      const heads = wire.split('\r\n').filter((head) => head.includes(CANARY))
      expect(heads.length).toBeGreaterThan(9)
      expect(new Set(heads)).toEqual(new Set([line]))
      expect(wire.match(/POST \//g)).toHaveLength(heads.length)
      const told = inspect([events, failures, model, console_.map(({ mock }) => mock.calls)], {
        depth: Infinity,
        showHidden: true,
        maxArrayLength: null,
      })
      expect(told + JSON.stringify([events, failures]) + failures.map((error) => String((error as Error).stack)).join()).not.toContain(
        CANARY.slice(0, 9),
      )
      expect(events.some(({ type }) => type === 'episode-end')).toBe(true)
      await memory.close()
    },
  )
})
