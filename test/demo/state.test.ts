import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bytes, dollars, score, shareText } from '../../demo/format.ts'
import { applyEvent, startEpisode, stepsOf } from '../../demo/state/episodes.ts'
import { openRunLog } from '../../demo/state/run-log.ts'
import { addressFor, loadSettings, memoryName, pageOptions, saveSettings } from '../../demo/state/settings.ts'
import { wilson } from '../../demo/stats.ts'
import type { AgentEvent } from '../../src/index.ts'

const written = new Map<string, string>()
beforeEach(() => {
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => written.get(key) ?? null,
    setItem: (key: string, value: string) => void written.set(key, value),
    removeItem: (key: string) => void written.delete(key),
  })
})
afterEach(() => {
  written.clear()
  vi.unstubAllGlobals()
})

test('what was tried is there again after a reload, per memory', () => {
  const log = openRunLog('a')
  log.append({ goal: 'serve lunch to omar', success: true, steps: 3 })
  log.append({ goal: 'serve lunch to zoe', success: false, steps: 6 })
  log.extendComparison(['serve lunch to zoe'])
  expect(openRunLog('a').outcomes.map(({ success }) => success)).toEqual([true, false])
  expect(openRunLog('a').pairs).toEqual([{ goal: 'serve lunch to zoe', with: null, without: null }])
  expect(openRunLog('a').comparisons).toBe(1)
  expect(openRunLog('b').outcomes).toEqual([])
})

test('a cleared log stays empty', () => {
  const log = openRunLog('a')
  log.append({ goal: 'serve lunch to omar', success: true, steps: 3 })
  log.clear()
  expect(log.outcomes).toEqual([])
  expect(openRunLog('a').outcomes).toEqual([])
})

test('a log takes over what another tab wrote, also that it forgot, and says whether there was anything', () => {
  const [here, there] = [openRunLog('a'), openRunLog('a')]
  there.append({ goal: 'g', success: true, steps: 3 })
  expect(here.reload()).toBe(true)
  expect(here.outcomes).toHaveLength(1)
  expect(here.reload()).toBe(false)
  there.clear()
  expect(here.reload()).toBe(true)
  expect(here.outcomes).toEqual([])
})

test('a log that something else wrote is read as far as it makes sense', () => {
  written.set('reprise-playground/log/a', '{"outcomes":[{"goal":"g","success":true,"steps":3},{"goal":5},null],"pairs":"no"}')
  expect(openRunLog('a').outcomes).toEqual([{ goal: 'g', success: true, steps: 3 }])
  expect(openRunLog('a').pairs).toEqual([])
  written.set('reprise-playground/log/a', 'not JSON')
  expect(openRunLog('a').outcomes).toEqual([])
})

test('without storage the log works until the reload', () => {
  vi.stubGlobal('localStorage', undefined)
  const log = openRunLog('a')
  log.append({ goal: 'g', success: true, steps: 3 })
  expect(log.reload()).toBe(false)
  expect(log.outcomes).toHaveLength(1)
})

test('settings come back, except that a remote model is not taken up again', () => {
  const settings = {
    ...loadSettings(pageOptions('')),
    world: 7,
    model: 'remote' as const,
    remote: { name: 'x', baseURL: 'http://localhost:1/v1' },
  }
  saveSettings(settings)
  expect(loadSettings(pageOptions(''))).toEqual({ ...settings, model: 'embedded' })
  expect(loadSettings(pageOptions('?seed=3')).world).toBe(3)
})

test('the address sets how many goals are run, within sense', () => {
  expect(pageOptions('?goals=12&compare=6&seed=1')).toEqual({ goals: 12, compare: 6, seed: 1, draw: undefined })
  expect(pageOptions('?goals=-3&compare=many&seed=1.5')).toEqual({ goals: 60, compare: 20, seed: undefined, draw: undefined })
})

test('a world in the address follows the one that is open, and nothing else of the address changes', () => {
  const settings = { ...loadSettings(pageOptions('')), world: 7 }
  expect(addressFor('https://a.test/p/?goals=12&seed=1#memory', settings)).toBe('https://a.test/p/?goals=12&seed=7#memory')
  expect(addressFor('https://a.test/p/?goals=12', settings)).toBe('https://a.test/p/?goals=12')
})

test('each world, embedder and kind of model has a memory of its own', () => {
  const base = loadSettings(pageOptions(''))
  const names = [base, { ...base, world: 2 }, { ...base, embedder: 'minilm' as const }, { ...base, model: 'remote' as const }].map(
    memoryName,
  )
  expect(new Set(names).size).toBe(4)
})

test('an episode is folded from its events in the order in which they come', () => {
  const view = startEpisode('e', { number: 1, side: 'training', goal: 'g' })
  const at = { episodeId: 'e', model: 'm', shown: ['t'] }
  const events: AgentEvent[] = [
    { type: 'episode-start', episodeId: 'e', goal: 'g', observation: 'o0', mode: 'train' },
    { type: 'retrieved', episodeId: 'e', phase: 'plan', step: 0, exemplars: [], milliseconds: 1 },
    { type: 'text', episodeId: 'e', phase: 'plan', step: 0, delta: 'p' },
    { type: 'text', episodeId: 'e', phase: 'plan', step: 0, delta: 'l' },
    { type: 'planned', plan: 'plan', ...at },
    { type: 'reasoned', step: 0, reasoning: 'r', ...at },
    { type: 'acted', step: 0, action: 'a', ...at },
    { type: 'observed', episodeId: 'e', step: 0, observation: 'o1', done: false, success: false },
  ]
  for (const event of events) applyEvent(view, event)
  expect(view.decisions.map(({ phase, text, settled }) => [phase, text, settled])).toEqual([
    ['plan', 'plan', true],
    ['reason', 'r', true],
    ['act', 'a', true],
  ])
  expect(view.observations).toEqual(['o0', 'o1'])
  expect(stepsOf(view)).toBe(1)
  expect(view.state).toBe('running')
})

test('an episode adds up what its model took, and tells money only where every call has a cost', () => {
  const view = startEpisode('e', { number: 1, side: 'training', goal: 'g' })
  const told = (costUSD?: number): AgentEvent => {
    const usage = { inputTokens: 100, outputTokens: 10, ...(costUSD !== undefined && { costUSD }) }
    const calls = [{ model: 'm', usage, milliseconds: 1 }]
    return { type: 'usage', episodeId: 'e', phase: 'plan', step: 0, model: 'm', usage, milliseconds: 1, calls }
  }
  for (const event of [told(0.25), told(0.5)]) applyEvent(view, event)
  expect(view).toMatchObject({ calls: 2, tokens: 220, costUSD: 0.75 })
  for (const event of [told(), told(1)]) applyEvent(view, event)
  expect(view).toMatchObject({ calls: 4, tokens: 440, costUSD: undefined })
})

test('numbers read well', () => {
  expect([0.000123, 0.25, 1.5].map(dollars)).toEqual(['$0.00012', '$0.25', '$1.50'])
  expect([0, 999, 921_000, 27_000_000, 5e12].map(bytes)).toEqual(['0 bytes', '999 bytes', '921 kB', '27.0 MB', '5000 GB'])
  expect(score(-0.5)).toBe('−0.50')
  expect(shareText(wilson(0, 0))).toBe('–')
  expect(shareText(wilson(37, 200))).toBe('19 % [14–24]')
})
