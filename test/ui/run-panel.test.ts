import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { runPanel } from '../../src/presets/ui.ts'
import { openShop, press, type Shop, type Spied } from './open-page.ts'

let shop: Shop
let page: Page

beforeAll(async () => {
  shop = await openShop()
}, 60_000)
afterAll(() => shop.close())
beforeEach(async () => {
  page = await shop.open()
})
afterEach(async () => {
  expect(await page.evaluate(() => (window as unknown as Spied).violations)).toEqual([])
  await page.close()
})

interface PanelPage extends Spied {
  panel: ReturnType<typeof runPanel>
  stops: number
}

const open = (maxLines: number): Promise<void> =>
  page.evaluate((maxLines) => {
    const own = window as unknown as PanelPage
    own.stops = 0
    own.panel = own.UI.runPanel({ onStop: () => void own.stops++, maxLines })
  }, maxLines)

const show = (events: readonly unknown[]): Promise<void> =>
  page.evaluate((events) => {
    for (const event of events) (window as unknown as PanelPage).panel.show(event as AgentEvent)
  }, events)

const seen = (): Promise<{ state: string; lines: string[]; stop: boolean }> =>
  page.evaluate(() => {
    const root = (window as unknown as Spied).roots.at(-1)?.root
    return {
      state: root?.querySelector('[role=status]')?.textContent ?? '',
      lines: [...(root?.querySelectorAll('li bdi') ?? [])].map((one) => one.textContent),
      stop: root?.querySelector('button')?.checkVisibility() ?? false,
    }
  })

const START = { type: 'episode-start', goal: 'Buy tea', observation: '', mode: 'run' }
const acted = (step: number, action = `click({"ref":"e${step}"})`): unknown => ({ type: 'acted', step, action, model: 'm', shown: [] })

test('it says what the agent is doing, and begins anew with an episode', async () => {
  await open(50)
  await show([START, acted(0)])
  expect(await seen()).toEqual({ state: 'Step 1', lines: ['Buy tea', 'click({"ref":"e0"})'], stop: true })
  await show([{ type: 'approval-needed', step: 0, request: {} }])
  expect((await seen()).state).toBe('Waiting for your answer')
  await show([{ type: 'episode-end', reason: 'max-steps' }])
  expect(await seen()).toMatchObject({ state: 'Ended: no steps left', stop: false })
  await show([START])
  expect(await seen()).toEqual({ state: 'Working', lines: ['Buy tea'], stop: true })
})

test('only a person stops the run, and only once', async () => {
  await open(50)
  await show([START, acted(0)])
  await page.evaluate(() => (window as unknown as Spied).roots.at(-1)?.root.querySelector('button')?.click())
  expect(await page.evaluate(() => (window as unknown as PanelPage).stops)).toBe(0)
  await press(page, 'Stop')
  await show([acted(1)])
  expect(await page.evaluate(() => (window as unknown as PanelPage).stops)).toBe(1)
  expect(await seen()).toMatchObject({ state: 'Stopped', stop: false })
})

test('it keeps the last lines alone, as text', async () => {
  await open(3)
  await show([START, ...Array.from({ length: 500 }, (_, step) => acted(step)), acted(500, '<img src=x>\u202e')])
  expect((await seen()).lines).toEqual(['click({"ref":"e498"})', 'click({"ref":"e499"})', '<img src=x>⟨U+202E⟩'])
})

test('it is the library’s own element, and goes when it is closed', async () => {
  await open(3)
  const known = await page.evaluate(() => {
    const { UI, panel } = window as unknown as PanelPage
    const own = UI.isOwnElement(panel.element)
    panel.close()
    return [own, panel.element.isConnected, panel.element.shadowRoot]
  })
  expect(known).toEqual([true, false, null])
})

test('where there is no page, it says so', () => {
  expect(() => runPanel({ onStop() {} })).toThrow('there is none here')
})
