/** What was acknowledged is there after the browser process was killed and started again with the same profile. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHROMIUM_FLAGS, findBrowser } from '../../tools/find-browser.mjs'
import { serveFiles, type StaticServer } from '../support/static-server.ts'

const root = path.resolve(import.meta.dirname, '../..')
const profile = mkdtempSync(path.join(tmpdir(), 'reprise-profile-'))
let server: StaticServer

beforeAll(async () => {
  server = await serveFiles({
    folder: path.join(root, 'dist'),
    pages: {
      '/': '<!doctype html><link rel="icon" href="data:,"><script src="/reprise.iife.js"></script>',
    },
  })
})

afterAll(async () => {
  await server.close()
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
})

async function withBrowser<T>(use: (page: Page, context: BrowserContext) => Promise<T>): Promise<T> {
  const executablePath = findBrowser()
  const context = await chromium.launchPersistentContext(profile, { ...(executablePath && { executablePath }), args: CHROMIUM_FLAGS })
  const page = await context.newPage()
  await page.goto(`${server.origin}/`)
  try {
    return await use(page, context)
  } finally {
    await context.close().catch(() => {})
  }
}

test('what add and record acknowledged survives the death of the whole browser: trajectories, counts and pruning', async () => {
  await withBrowser(async (page, context) => {
    const added = await page.evaluate(`(async () => {
      const memory = await Reprise.openMemory({ name: 'restart', embedder: Reprise.hashEmbedder() })
      const { id } = await memory.add({ id: 'kept', goal: 'open the red door', plan: 'knock', steps: [{ observation: 'shut', reasoning: 'knock', action: 'knock' }] })
      const step = { observation: 'shut', reasoning: 'push', action: 'push' }
      const failed = (i) => ({ id: 'failed-' + i, goal: 'open the blue door', plan: 'push', steps: [step], outcome: '', success: false, reward: 0, createdAt: new Date().toISOString(),
        provenance: { origin: '', model: '', rewardSource: 'environment', pageText: false }, metadata: {} })
      await memory.add({ id: 'bad', goal: 'open the blue door', plan: 'push', steps: [step] })
      for (let i = 0; i < 5; i++) await memory.record({ trajectory: failed(i), shown: [{ trajectoryId: 'bad', phase: 'plan', step: 0 }], store: false, curation: { threshold: 0.3, minRetrievals: 5 } })
      return id
    })()`)
    expect(added).toBe('kept')
    const died = new Promise((resolve) => context.once('close', resolve))
    const session = await context.newCDPSession(page)
    session.send('Browser.crash').catch(() => {}) // nobody is left to answer
    await died
  })
  await withBrowser(async (page) => {
    const found = await page.evaluate(`(async () => {
      const memory = await Reprise.openMemory({ name: 'restart', embedder: Reprise.hashEmbedder() })
      const [exemplar] = await memory.retrieve({ goal: 'open the blue door', plan: 'knock', observation: 'shut' }, { k: 1 })
      const { status, retrievals, successes } = await memory.get('bad')
      return { count: await memory.count(), id: exemplar.trajectoryId, action: exemplar.steps[exemplar.stepIndex].action, bad: [status, retrievals, successes] }
    })()`)
    expect(found).toEqual({ count: 2, id: 'kept', action: 'knock', bad: ['pruned', 5, 0] })
  })
})
