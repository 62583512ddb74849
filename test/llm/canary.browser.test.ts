/** A page with a key: the parts load there, what is learned is stored, and the key is in no store, event, address or console line. */
import { afterEach, expect, test, vi } from 'vitest'
import { createAgent, deleteMemory, hashEmbedder, openMemory, type AgentEvent } from '../../src/index.ts'
import { remoteModel } from '../../src/presets/models.ts'
import { scriptedEnvironment } from '../../src/testing/index.ts'

const CANARY = 'canary-7c1e94d0b8f2463a'
const NAME = 'canary'

afterEach(async () => {
  vi.restoreAllMocks()
  await deleteMemory(NAME)
})

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`

/** `text` as each vendor would stream it. */
const STREAMS: Record<string, (text: string) => string> = {
  openai: (content) =>
    event({ id: '1', choices: [{ index: 0, delta: { content } }] }) +
    event({ id: '1', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  anthropic: (text) =>
    event({ type: 'message_start', message: { id: '1', model: 'm', role: 'assistant', usage: { input_tokens: 1, output_tokens: 1 } } }) +
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
    event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }) +
    event({ type: 'content_block_stop', index: 0 }) +
    event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } }) +
    event({ type: 'message_stop' }),
  google: (text) => event({ candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP' }] }),
}

test.each([
  ['openai/gpt-4.1-mini', 'openai'],
  ['ollama/qwen3', 'openai'],
  ['anthropic/claude-sonnet-4-5', 'anthropic'],
  ['google/gemini-2.5-flash', 'google'],
])('%s in a page', async (spec, wire) => {
  const lines = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name).mockImplementation(() => {}))
  const sent: Request[] = []
  const events: AgentEvent[] = []
  const model = remoteModel(spec, {
    apiKey: CANARY,
    dangerouslyAllowBrowser: true,
    sleep: () => Promise.resolve(),
    fetch: async (input, init) => {
      sent.push(new Request(input, init))
      if (sent.length === 1) return Response.json({ error: { message: `Slow down, ${CANARY}`, type: 'x', code: 'x' } }, { status: 429 })
      return new Response(STREAMS[wire]?.('knock twice'), { headers: { 'content-type': 'text/event-stream' } })
    },
  })
  const memory = await openMemory({ name: NAME, embedder: hashEmbedder({ dimensions: 64 }) })
  const agent = createAgent({ model, memory, onEvent: (event) => void events.push(event) })
  const environment = scriptedEnvironment([{ observation: 'it opens', done: true, success: true }], { observation: 'a shut door' })
  const trajectory = await agent.train(environment, 'open the red door')
  expect(trajectory).toMatchObject({ success: true, plan: 'knock twice' })
  await memory.close()

  for (const request of sent) {
    expect(request.url + (await request.clone().text())).not.toContain(CANARY)
    expect([...request.headers].filter(([, value]) => value.includes(CANARY))).toHaveLength(1)
  }
  const stored = await allThatIsStored()
  expect(stored).toContain('open the red door')
  expect(stored).not.toContain(CANARY)
  expect(JSON.stringify([events, trajectory, lines.map(({ mock }) => mock.calls.map(String))])).not.toContain(CANARY)
  expect(
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .join(),
  ).not.toContain(CANARY)
})

/** Every value of every database of this origin, bytes as characters, and what else a page can keep. */
async function allThatIsStored(): Promise<string> {
  const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie]
  for (const { name = '' } of await indexedDB.databases()) {
    const db = await settled(indexedDB.open(name))
    for (const store of db.objectStoreNames) {
      const transaction = db.transaction(store)
      const objects = transaction.objectStore(store)
      const done = new Promise((resolve) => (transaction.oncomplete = resolve))
      const [keys, values] = await Promise.all([settled(objects.getAllKeys()), settled(objects.getAll() as IDBRequest<unknown[]>)])
      found.push(JSON.stringify([keys, values], asText))
      await done // a database with an open transaction is closed later
    }
    db.close()
  }
  return found.join('\n')
}

function asText(_key: string, value: unknown): unknown {
  if (value instanceof ArrayBuffer) return new TextDecoder('latin1').decode(value)
  return ArrayBuffer.isView(value) ? new TextDecoder('latin1').decode(value) : value
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('no reason given'))
  })
}
