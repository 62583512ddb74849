/** The learning benchmark on a remote model, from the command line: a local server that speaks OpenAI's wire format, a cap, and a key. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parseEpisodes, type EpisodeRow } from '../../bench/learning/episode-rows.ts'

const KEY = 'sk-canary-1c9d7e5b3a4826f0'
const root = path.resolve(import.meta.dirname, '../..')
const mock = new LLMock({ port: 0, host: '127.0.0.1', auth: { apiKeys: [KEY] } }) // refuses any other key
const out = mkdtempSync(path.join(tmpdir(), 'learning-'))

beforeAll(() => mock.start().then(() => {}))
beforeEach(() => {
  mock.reset()
  mock.onMessage(/./, { content: 'cook soup' })
})
afterAll(async () => {
  await mock.stop()
  rmSync(out, { recursive: true })
})

/** Runs it on two rows of one world; what it printed, and the episodes it keeps. */
async function bench(...more: string[]): Promise<{ printed: string; episodes: EpisodeRow[] }> {
  const script = path.join(root, 'bench/learning/run.mjs')
  const remote = ['--model', 'openai/gpt-4.1-mini', '--base-url', `${mock.url}/v1`, '--key-env', 'BENCH_KEY']
  const rows = ['--rows', 'exemplars/meal', '--n', '1', '--out', out]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...remote, ...rows, ...more], {
    cwd: root,
    env: { ...process.env, BENCH_KEY: KEY },
  })
  return { printed: stdout + stderr, episodes: parseEpisodes(readFileSync(path.join(out, 'episodes.csv'), 'utf8')) }
}

/** Everything that the run left behind, but for the page itself, which is the same for all. */
function written(): string {
  const files = readdirSync(out, { withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map(({ name }) => readFileSync(path.join(out, name), 'utf8')).join('\n')
}

test('any model can be measured: chat prompts with the possible actions, the key in the header and nowhere else, and no work twice', async () => {
  const { printed, episodes } = await bench('--max-tokens-total', '1000000')
  expect(episodes.map(({ row, model, steps, decisions }) => ({ row, model, steps, decisions }))).toEqual([
    { row: 'exemplars/meal/none', model: 'openai/gpt-4.1-mini', steps: 6, decisions: 13 },
    { row: 'exemplars/meal/retrieved-3', model: 'openai/gpt-4.1-mini', steps: 6, decisions: 13 },
  ])
  expect(episodes[1]?.shown).toBeGreaterThanOrEqual(3)
  const requests = mock.getRequests().map(({ body }) => JSON.stringify(body))
  expect(requests).toHaveLength(26)
  expect(requests.every((text) => text.includes('Possible actions') && !text.includes(KEY))).toBe(true)
  expect(requests.filter((text) => text.includes('Earlier successes'))).toHaveLength(13)
  expect(printed + written()).not.toContain(KEY)

  const again = await bench('--max-tokens-total', '1000000', '--resume')
  expect(again.episodes).toEqual(episodes)
  expect(mock.getRequests()).toHaveLength(26)
})

test('the cap ends the run before the next call, and what was done is kept', async () => {
  const { printed, episodes } = await bench('--price', '1000000,1000000', '--max-cost', '0.5')
  expect(mock.getRequests()).toHaveLength(1)
  expect(episodes).toEqual([])
  expect(printed).toMatch(/stopped: the cap on cost or tokens is reached/)
})

test('without a cap no remote model is asked', async () => {
  await expect(bench()).rejects.toThrow(/needs a cap/)
  expect(mock.getRequests()).toHaveLength(0)
})
