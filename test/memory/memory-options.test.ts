import { expect, test } from 'vitest'
import {
  checkEpisode,
  checkEpisodeListOptions,
  checkFeedback,
  checkForkName,
  checkIds,
  checkListOptions,
  checkStatsOptions,
  completeTrajectory,
} from '../../src/memory/memory-options.ts'
import { trajectory } from '../support/trajectories.ts'

const episode = (shown: object) => ({ trajectory: trajectory(), shown: [shown], store: true, curation: false })
const shown = { trajectoryId: 'a', phase: 'act', step: 3 }
const completion = { origin: 'https://here.example', newId: () => 'new', now: () => 0 }

const refused: [(value: never) => unknown, unknown, string][] = [
  [checkFeedback, { value: 1.01, source: 'user' }, 'feedback: value must be at most 1.'],
  [checkFeedback, { value: -1.01, source: 'user' }, 'feedback: value must be at least -1.'],
  [checkFeedback, { value: NaN, source: 'user' }, 'feedback: value must be a number.'],
  [checkFeedback, { value: '1', source: 'user' }, 'feedback: value must be a number.'],
  [checkFeedback, { value: 1, source: 'page' }, 'feedback: source must be one of "user", "verifier", "review".'],
  [checkFeedback, { value: 1 }, 'feedback: source must be one of'],
  [checkFeedback, { value: 1, source: 'user', note: 'x'.repeat(2001) }, 'feedback: note must be at most 2,000 characters long, not 2,001.'],
  [checkFeedback, { value: 1, source: 'user', nte: '' }, 'feedback: the value has unknown fields: nte.'],
  [checkFeedback, null, 'feedback: the value must be an object.'],
  [checkIds, 3, 'accept ids: the value must be an array.'],
  [checkIds, ['a', 3], 'accept ids: 1 must be a string.'],
  [checkIds, Array(10_001).fill('a'), 'accept ids: the value must be at most 10000 items long.'],
  [checkListOptions, { limit: 0 }, 'list options: limit must be at least 1.'],
  [checkListOptions, { limit: 1001 }, 'list options: limit must be at most 1000.'],
  [checkListOptions, { cursor: 3 }, 'list options: cursor must be a string.'],
  [checkListOptions, { order: 'best' }, 'list options: order must be one of "newest", "oldest", "utility".'],
  [checkListOptions, { status: 'gone' }, 'list options: status must be one of'],
  [checkListOptions, { limt: 5 }, 'list options: the value has unknown fields: limt.'],
  [checkEpisodeListOptions, { limit: 1.5 }, 'episodes options: limit must be a whole number.'],
  [checkEpisodeListOptions, { cursor: '3' }, 'episodes options: cursor must be a'],
  [checkEpisodeListOptions, { trajectoryId: 3 }, 'episodes options: trajectoryId must be a string.'],
  [checkStatsOptions, { perTrajectory: 'yes' }, 'stats options: perTrajectory must be a boolean.'],
  [checkStatsOptions, { all: true }, 'stats options: the value has unknown fields: all.'],
  [checkForkName, '', 'fork name: the value must be at least 1 characters long.'],
  [checkForkName, 'x'.repeat(201), 'fork name: the value must be at most 200 characters long.'],
  [checkForkName, undefined, 'fork name: the value must be a string.'],
  [checkEpisode, episode({ ...shown, score: 'high' }), 'record: shown.0.score must be a number.'],
  [checkEpisode, episode({ ...shown, scores: { goal: NaN } }), 'record: shown.0.scores.goal must be a number.'],
  [
    checkEpisode,
    { ...episode(shown), trajectory: trajectory({ goal: 'x'.repeat(1_000_001) }) },
    'record: trajectory.goal must be at most 1,',
  ],
  [
    checkEpisode,
    { ...episode(shown), trajectory: trajectory({ id: 'a', supersedes: 'a' }) },
    'record: trajectory.supersedes must be the id',
  ],
]

test.each(refused)('%o refuses %o with what is wrong', (check, value, message) => {
  expect(() => check(value as never)).toThrow(message)
  expect(() => check(value as never)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
})

test('what is allowed comes out as it went in, without the fields that were left out as undefined', () => {
  expect(checkFeedback({ value: -1, source: 'verifier', note: undefined } as never)).toEqual({ value: -1, source: 'verifier' })
  expect(checkFeedback({ value: 0.25, source: 'review', note: 'x'.repeat(2000) })).toMatchObject({ value: 0.25 })
  expect(checkListOptions({ limit: 1000, cursor: '0.5:3', order: 'utility', status: 'quarantined', search: 'x' })).toEqual({
    limit: 1000,
    cursor: '0.5:3',
    order: 'utility',
    status: 'quarantined',
    search: 'x',
  })
  expect(checkEpisodeListOptions({ cursor: 7, limit: undefined, trajectoryId: '__proto__' } as never)).toEqual({
    cursor: 7,
    trajectoryId: '__proto__',
  })
  expect(checkStatsOptions({ perTrajectory: true })).toEqual({ perTrajectory: true })
  expect(checkForkName('a fork/of …')).toBe('a fork/of …')
})

test('ids to accept are one or many, each once', () => {
  expect(checkIds('a')).toEqual(['a'])
  expect(checkIds(['b', 'a', 'b', '__proto__'])).toEqual(['b', 'a', '__proto__'])
  expect(checkIds([])).toEqual([])
})

test('an episode keeps what its exemplars were ranked by, and nothing else that was written beside it', () => {
  const scored = { ...shown, score: 1.25, scores: { goal: 0.5, observation: 0.75 } }
  expect(checkEpisode(episode({ ...scored, more: 1 }) as never).shown).toEqual([scored])
  expect(checkEpisode(episode(shown) as never).shown).toEqual([shown])
})

test('a trajectory that is added keeps which one it replaces, which cannot be itself', () => {
  expect(completeTrajectory({ goal: 'g', steps: [], supersedes: 'old' }, completion)).toMatchObject({ id: 'new', supersedes: 'old' })
  expect(completeTrajectory({ goal: 'g', steps: [] }, completion)).not.toHaveProperty('supersedes')
  expect(() => completeTrajectory({ goal: 'g', steps: [], id: 'a', supersedes: 'a' }, completion)).toThrow(
    'add: supersedes must be the id of another trajectory.',
  )
})
