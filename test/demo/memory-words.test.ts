import { expect, test } from 'vitest'
import {
  bestText,
  busyText,
  factsOf,
  figuresOf,
  noticeOf,
  progressText,
  promptsText,
  resultText,
  verdictOf,
} from '../../demo/state/memory-words.ts'
import type { Stats } from '../../demo/state/memory-types.ts'

const STATS: Stats = {
  count: 12,
  retrievable: 9,
  pruned: 1,
  corrupt: [],
  embedder: { id: 'hash/1-384', dimensions: 384 },
  index: { kind: 'exact', reason: 'fewer than 3500 different keys' },
  bytes: { trajectories: 12_000, vectors: 100_000, index: 500 },
  storage: { kind: 'indexeddb', usage: 213_000, quota: 10_700_000_000 },
}

test('the figures tell what is stored, what of it is used, and how it is kept', () => {
  expect(Object.fromEntries(figuresOf(STATS))).toEqual({
    Stored: '12',
    'In use': '9',
    'Not in use': '3',
    Size: '113 kB',
    Search: 'exact',
    Kept: 'as long as the browser has room',
  })
  const kept = (storage: Stats['storage']): string | undefined => Object.fromEntries(figuresOf({ ...STATS, storage }))['Kept']
  expect(kept({ kind: 'memory' })).toBe('until reload')
  expect(kept({ kind: 'indexeddb', persisted: true })).toBe('persisted')
})

test('the facts tell bytes by kind, why it is searched so, and what the browser promised', () => {
  const facts = Object.fromEntries(factsOf(STATS))
  expect(facts['Size by kind']).toBe('episodes 12.0 kB, vectors 100 kB, search index 500 bytes')
  expect(facts['Search']).toBe('exact: fewer than 3500 different keys')
  expect(facts['This site’s storage']).toBe('213 kB of 10.7 GB that the browser allows')
  const promised = (storage: Partial<Stats['storage']>): string | undefined =>
    Object.fromEntries(factsOf({ ...STATS, storage: { kind: 'indexeddb', ...storage } }))['Kept when space runs out']
  expect(promised({})).toContain('not promised yet')
  expect(promised({ persistence: 'granted' })).toContain('promised')
  expect(promised({ persistence: 'refused' })).toContain('refused')
  expect(promised({ kind: 'memory' })).toContain('nothing is kept')
  expect(facts).not.toHaveProperty('Damaged and left out')
  const damaged = { ...STATS, corrupt: [{ id: 'a', message: 'steps are missing.' }] }
  expect(Object.fromEntries(factsOf(damaged))['Damaged and left out']).toBe('a: steps are missing.')
})

test('a memory at rest says nothing; one that rebuilds says how far it is', () => {
  expect(busyText({})).toBe('')
  expect(busyText({ loading: { done: 3, total: 10 } })).toContain('3 of 10')
  expect(busyText({ loading: { done: 3, total: 10 }, rebuilding: { done: 4, total: 9 } })).toContain('vectors again: 4 of 9')
})

test('a person hears of what was lost, interrupted or went wrong, and of nothing that shows by itself', () => {
  expect(noticeOf({ type: 'evicted', ids: ['a', 'b'] })?.text).toContain('2 episodes')
  expect(noticeOf({ type: 'recovered', message: 'The worker was started again.' })?.text).toBe('The worker was started again.')
  expect(noticeOf({ type: 'warning', message: 'No snapshot.' })?.text).toBe('No snapshot.')
  expect(noticeOf({ type: 'changed', ids: null })).toBeNull()
  expect(noticeOf({ type: 'rebuilding', done: 1, total: 2 })).toBeNull()
})

test('verdicts read as they were given', () => {
  expect(verdictOf({ value: 1 })).toBe('It helped')
  expect(verdictOf({ value: -1, note: 'the drawer was moved' })).toBe('It did harm: “the drawer was moved”')
  expect(verdictOf({ value: -0.5 })).toBe('It did harm (−0.50)')
  expect(verdictOf({ value: 0 })).toBe('No difference')
})

test('what an episode was shown is counted by phase, with the prompt where it fitted best', () => {
  expect(promptsText({ prompts: { plan: 1, act: 3 }, share: 0.25 })).toBe(
    'In 4 prompts (1 planning, 3 acting), 25 % of all that the episode was shown.',
  )
  expect(bestText({ phase: 'plan', step: 0, score: 0.8 })).toBe('Best fit: planning, score 0.80')
  expect(bestText({ phase: 'act', step: 0, score: 1.5 })).toBe('Best fit: acting, before the first step, score 1.50')
  expect(bestText({ phase: 'reason', step: 1 })).toBe('Best fit: thinking, after 1 step')
})

test('an import tells what came in, what was there, what was unusable, and whether the file is whole', () => {
  expect(progressText({ lines: 0, imported: 0, skipped: 0, invalid: 0 })).toBe('Reading …')
  expect(progressText({ lines: 9, imported: 6, skipped: 2, invalid: 1 })).toBe('Looked at 9: 6 imported, 2 stored already, 1 unusable.')
  const result = { lines: 9, imported: 6, skipped: 2, invalid: 1, problems: [], checksum: 'ok' as const }
  expect(resultText(result)).toBe(
    '6 episodes imported. 2 were stored already and left as they are. 1 could not be used. The checksum is right: all is as it was exported.',
  )
  expect(resultText({ ...result, imported: 0, skipped: 1, invalid: 0, checksum: 'mismatch' })).toMatch(
    /^Nothing new was imported\. 1 was stored already and left as it is\. The checksum is wrong/,
  )
})
