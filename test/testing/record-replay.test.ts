import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RepriseError } from '../../src/core/errors.ts'
import type { GenerateRequest, Generation, LanguageModel } from '../../src/core/model.ts'
import type { Cassette } from '../../src/testing/cassette.ts'
import { record } from '../../src/testing/record.ts'
import { replay } from '../../src/testing/replay.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'
import { testLanguageModel } from '../contracts/language-model.ts'

const ask = (content: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({ messages: [{ role: 'user', content }], ...more })
/** As it comes back from a file. */
const stored = (cassette: Cassette): Cassette => JSON.parse(JSON.stringify(cassette)) as Cassette
const usage = { inputTokens: 3, outputTokens: 2, cachedInputTokens: 1, costUSD: 0.01 }

/** Streams the parts that it is given. */
const streaming = (parts: readonly string[], generation: Partial<Generation> = {}): LanguageModel => ({
  id: 'real/one',
  capabilities: { seed: true },
  generate: ({ onText, onWarning }) => {
    onWarning?.('temperature was left out')
    for (const part of parts) onText?.(part)
    return Promise.resolve({ text: parts.join(''), toolCalls: [], finishReason: 'stop', usage, ...generation })
  },
})

testLanguageModel('record(scriptedModel)', {
  create: ({ text, toolCalls = [] }) =>
    record(
      scriptedModel(
        () => ({
          text,
          toolCalls: toolCalls.map(({ name, input }, index) => ({ id: `call-${index}`, name, input: JSON.parse(input) as never })),
        }),
        { capabilities: { tools: true, seed: true } },
      ),
    ),
  failing: { 'model-failed': () => record(scriptedModel([])) },
})

testLanguageModel('replay', {
  // It answers what it was asked before: here with each call to the recorder, until the copy is asked for an answer it does not know yet.
  create: ({ text, toolCalls = [] }) => {
    const real = scriptedModel(
      () => ({
        text,
        toolCalls: toolCalls.map(({ name, input }, index) => ({ id: `call-${index}`, name, input: JSON.parse(input) as never })),
      }),
      { capabilities: { tools: true, seed: true } },
    )
    return {
      id: real.id,
      capabilities: { tools: true, seed: true },
      generate: async (request) => {
        const recorder = record(real)
        const { signal: _signal, ...whole } = request
        await recorder.generate({ ...whole, ...(request.onText && { onText: () => {} }) })
        return replay(stored(recorder.cassette())).generate(request)
      },
    }
  },
})

test('what was streamed is streamed again in the same parts, with usage, warnings and tool calls', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary', minLength: 1 })), fc.jsonValue(), async (parts, input) => {
      const toolCalls = [{ id: 'a', name: 'open', input: input as never }]
      const recorder = record(streaming(parts, { toolCalls, finishReason: 'tool-calls' }))
      const run = async (model: LanguageModel): Promise<unknown> => {
        const parts: string[] = []
        const warnings: string[] = []
        const listeners = { onText: (delta: string) => void parts.push(delta), onWarning: (message: string) => void warnings.push(message) }
        return { generation: await model.generate(ask('x', listeners)), parts, warnings }
      }
      const real = JSON.parse(JSON.stringify(await run(recorder))) as unknown
      expect(await run(replay(stored(recorder.cassette())))).toEqual(real)
    }),
    { numRuns: 50 },
  )
})

test('a cassette is plain JSON with a version, and holds of a request what the answer depends on', async () => {
  const recorder = record(streaming(['a', 'b']))
  const request = ask('x', { temperature: 0, seed: 1, maxTokens: 5, stop: ['.'], tools: [], responseSchema: {} })
  await recorder.generate({ ...request, signal: new AbortController().signal, onText: () => {}, onWarning: () => {} })
  expect(recorder.cassette()).toEqual({
    format: 'reprise-cassette',
    version: 1,
    model: 'real/one',
    capabilities: { seed: true },
    entries: [
      {
        request,
        deltas: ['a', 'b'],
        warnings: ['temperature was left out'],
        answer: { text: 'ab', toolCalls: [], finishReason: 'stop', usage },
      },
    ],
  })
})

test('equal requests are answered in the order in which they were made, whatever the order of their fields', async () => {
  const recorder = record(scriptedModel(['one', 'two', 'other']))
  await Promise.all([recorder.generate(ask('x', { seed: 1 })), recorder.generate(ask('x', { seed: 1 })), recorder.generate(ask('y'))])
  const model = replay(stored(recorder.cassette()))
  expect(model.id).toBe('scripted/model')
  expect((await model.generate(ask('y'))).text).toBe('other')
  expect((await model.generate({ seed: 1, messages: [{ content: 'x', role: 'user' }] })).text).toBe('one')
  expect((await model.generate(ask('x', { seed: 1, temperature: undefined as never }))).text).toBe('two')
  await expect(model.generate(ask('x', { seed: 1 }))).rejects.toMatchObject({
    code: 'model-failed',
    message: 'The cassette of scripted/model has this request 2 times, and it was made once more. Record it again.',
  })
})

test('recorded without a listener, the text comes in one part; recorded with one, nobody has to listen', async () => {
  const silent = record(streaming(['a', 'b']))
  await silent.generate(ask('x'))
  const parts: string[] = []
  await replay(silent.cassette()).generate(ask('x', { onText: (delta) => void parts.push(delta) }))
  expect(parts).toEqual(['ab'])
  const loud = record(streaming(['a', 'b']))
  await loud.generate(ask('x', { onText: () => {} }))
  expect((await replay(loud.cassette()).generate(ask('x'))).text).toBe('ab')
})

test('errors are recorded by code and message, others as model-failed', async () => {
  const recorder = record(scriptedModel([new RepriseError('model-unavailable', 'gone', { cause: new Error('inner') })]))
  await expect(recorder.generate(ask('x'))).rejects.toMatchObject({ code: 'model-unavailable' })
  const strange = record({ id: 'a/b', generate: () => Promise.reject(new TypeError('odd')) })
  await expect(strange.generate(ask('x'))).rejects.toThrow(TypeError)
  expect(JSON.stringify(recorder.cassette())).not.toContain('inner')
  await expect(replay(stored(recorder.cassette())).generate(ask('x'))).rejects.toMatchObject({ code: 'model-unavailable', message: 'gone' })
  await expect(replay(stored(strange.cassette())).generate(ask('x'))).rejects.toMatchObject({ code: 'model-failed', message: 'odd' })
})

test('a call that was aborted is aborted in the same place again, and said to be where it is not', async () => {
  const talk = async (model: LanguageModel, leave: number): Promise<unknown> => {
    const controller = new AbortController()
    const parts: string[] = []
    const onText = (delta: string): void => {
      if (parts.push(delta) === leave) controller.abort()
    }
    return model.generate(ask('x', { signal: controller.signal, onText })).then(
      () => 'answered',
      ({ code, message }: RepriseError) => ({ code, message, parts }),
    )
  }
  const recorder = record(scriptedModel(() => 'many words that are said one after another'))
  const aborted = await talk(recorder, 2)
  expect(aborted).toMatchObject({ code: 'aborted', parts: ['many wor', 'ds that '] })
  const cassette = stored(recorder.cassette())
  expect(await talk(replay(cassette), 2)).toEqual(aborted)
  expect(await talk(replay(cassette), 9)).toMatchObject({
    code: 'model-failed',
    message: expect.stringContaining('aborted behind 2 parts') as string,
  })
  await expect(recorder.generate(ask('x', { signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'aborted' })
  expect(recorder.cassette().entries).toHaveLength(1)
})

test.each<[string, GenerateRequest, RegExp]>([
  [
    'another word',
    ask('Where is the red key, please?'),
    /request 2 of 2, differs in messages\.0\.content, from character 14 on: recorded "Where is the key, please\?", asked "Where is the red key, please\?"/,
  ],
  ['another setting', ask('Where is the key, please?', { seed: 2 }), /request 2 of 2, differs in seed: recorded nothing, asked "2"/],
  ['another conversation', ask('Tell me of lamps at night.'), /request 1 of 2, differs in messages\.0\.content, from character 21 on/],
])('a request that was not recorded fails and shows the nearest difference: %s', async (_label, request, message) => {
  const recorder = record(scriptedModel(() => 'ok'))
  await recorder.generate(ask('Tell me of lamps at day.'))
  await recorder.generate(ask('Where is the key, please?'))
  await expect(replay(recorder.cassette()).generate(request)).rejects.toMatchObject({
    code: 'model-failed',
    message: expect.stringMatching(message) as string,
  })
})

test('an empty cassette says so', async () => {
  await expect(replay(record(scriptedModel([])).cassette()).generate(ask('x'))).rejects.toMatchObject({
    message: expect.stringContaining('no request at all') as string,
  })
})

// Made up, in the forms that providers use; put together here so that no scanner takes them for real ones.
const CANARIES = [
  ['sk', 'proj-canary0123456789abcdef'].join('-'),
  ['sk', 'ant-api03-canary0123456789'].join('-'),
  `AIza${'canary0123'.repeat(3)}abcde`,
  ['gsk', 'canary0123456789abcdef'].join('_'),
  ['ghp', 'canary0123456789abcdef'].join('_'),
  ['xoxb', '0123456789-canary'].join('-'),
  `AKIA${'CANARY0123456789'}`,
  `eyJ${'canary0123'}.eyJ${'canary0123'}.canary`,
]

test('no key is ever kept: not of a request, an answer, its parts, a call, a warning or an error', async () => {
  const own = 'correct-horse-battery'
  for (const key of [...CANARIES, own]) {
    const parts = [key.slice(0, 7), key.slice(7)]
    const model = streaming(['The key is ', ...parts, '.'], { toolCalls: [{ id: 'a', name: 'login', input: { [key]: [key] } }] })
    const recorder = record(model, { secrets: [own] })
    const answer = await recorder.generate(ask(`Use ${key}`, { onText: () => {} }))
    expect(answer.text).toContain(key) // the caller's answer is the real one
    const failing = record(scriptedModel([new RepriseError('model-failed', `refused ${key}`)]), { secrets: [own] })
    await failing.generate(ask(`Authorization: Bearer ${key}`)).catch(() => {})
    const kept = JSON.stringify([recorder.cassette(), failing.cassette()])
    expect(kept).not.toContain(key)
    expect(kept).not.toContain(key.slice(7))
    expect(kept).toContain('[key]')
    // It is found again all the same, by whoever asks with that key or another.
    expect((await replay(stored(recorder.cassette()), { secrets: [own] }).generate(ask(`Use ${key}`))).text).toBe('The key is [key].')
  }
})

test('words that only resemble keys are kept', async () => {
  const recorder = record(
    scriptedModel(['task-management-system-overview, sk-learn, desk-lamp-with-a-long-name, ask-me-anything-at-all-today']),
  )
  const { text } = await recorder.generate(ask('x'))
  expect(recorder.cassette().entries[0]?.answer?.text).toBe(text)
})

test.each([
  ['nothing', undefined, /must be an object/],
  ['another version', { format: 'reprise-cassette', version: 2 }, /of version 2; version 1 can be read/],
  ['another file', { format: 'har' }, /format/],
  [
    'a call with neither answer nor error',
    { format: 'reprise-cassette', version: 1, model: 'a/b', entries: [{ request: ask('x') }] },
    /either an answer or an error/,
  ],
])('%s is refused as a cassette', (_label, cassette, message) => {
  expect(() => replay(cassette as never)).toThrow(
    expect.objectContaining({ code: 'invalid-options', message: expect.stringMatching(message) as string }),
  )
})
