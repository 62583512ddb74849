/** The playground as a newcomer meets it: the built page, in a real browser, under its own strict policy. */
import { expect, test } from 'vitest'
import type { Page } from 'playwright'
import { expectText, figure, finished, focused, GOALS, MINUTES, openPage, ready, setUp, solved, textOf } from './playground-pages.ts'

test('a newcomer trains, reloads, compares and forgets, and nothing complains', { timeout: 4 * MINUTES }, async () => {
  const { page, complaints } = await openPage()
  await expectText(page, '#status', 'Nothing learned yet')

  await page.click('#train')
  await page.waitForSelector('#now .steps .does')
  expect(await page.innerText('#status')).not.toContain('Loading')
  // What is learned shows while it is learned, not at the end.
  await expect.poll(() => figure(page, '#memory-figures', 'Stored').then(Number), { timeout: MINUTES }).toBeGreaterThan(0)
  expect(await page.isEnabled('#stop')).toBe(true)
  await finished(page)
  expect(await page.locator('#episodes > details').count()).toBe(GOALS)
  expect(await figure(page, '#curve-figures', 'Goals tried')).toBe(String(GOALS))
  expect(await page.getAttribute('#chart', 'aria-label')).toContain(`over ${GOALS} goals`)
  expect(await drawnPixels(page)).toBeGreaterThan(500)
  await expect.poll(() => figure(page, '#memory-figures', 'Stored').then(Number)).toBe(await solved(page))
  const stored = await figure(page, '#memory-figures', 'Stored')
  expect(Number(stored)).toBeGreaterThan(0)

  await page.reload()
  await ready(page)
  await expect.poll(() => figure(page, '#memory-figures', 'Stored')).toBe(stored)
  expect(await figure(page, '#curve-figures', 'Goals tried')).toBe(String(GOALS))

  await page.click('#compare')
  await finished(page)
  expect(await page.locator('#compare-goals tbody tr').count()).toBe(3)
  expect(await page.innerText('#compare-result')).toMatch(/With memory\s+\d of 3: \d+ % \[\d+–\d+\]/)
  await expectText(page, '#compare-result', 'sign test p =')
  await page.click('#compare')
  await finished(page)
  const compared = await page.locator('#compare-goals tbody td:first-child').allInnerTexts()
  expect(new Set(compared).size).toBe(6)
  await page.click('#curve-table summary')
  await page.waitForSelector('#curve-table tbody tr')
  const tried = await page.locator('#curve-table tbody td:nth-child(2)').allInnerTexts()
  expect(tried).toHaveLength(GOALS)
  expect(compared.filter((goal) => tried.includes(goal))).toEqual([])
  await expect.poll(() => figure(page, '#memory-figures', 'Stored')).toBe(stored)

  await page.click('#forget')
  await page.click('#forget-dialog button[value=cancel]')
  expect(await figure(page, '#memory-figures', 'Stored')).toBe(stored)
  await page.click('#forget')
  await page.click('#forget-dialog button[value=forget]')
  await expect.poll(() => figure(page, '#memory-figures', 'Stored')).toBe('0')
  expect(await figure(page, '#curve-figures', 'Goals tried')).toBe('0')
  await page.reload()
  await ready(page)
  await expectText(page, '#status', 'Nothing learned yet')
  expect(complaints).toEqual([])
  await page.context().close()
})

test(
  'each decision shows the memories it read, and a stored episode can be searched, opened, exported and deleted',
  { timeout: 3 * MINUTES },
  async () => {
    const { page, complaints } = await openPage()
    await page.click('#train')
    await finished(page)

    // The last episode has read something, since a success came before it.
    const episode = page.locator('#episodes > details').first()
    await episode.locator('summary').first().click()
    await episode
      .locator('li details summary', { hasText: /read, best/ })
      .last()
      .click()
    const first = episode.locator('.exemplars li').first()
    await first.waitFor()
    expect(await first.locator('dt').allInnerTexts()).toEqual(['goal', 'plan', 'reasoning'])
    for (const similarity of await first.locator('dd').allInnerTexts()) expect(similarity).toMatch(/^−?\d\.\d\d$/)

    await expect.poll(() => page.locator('#memory-table tbody tr').count()).toBeGreaterThan(0)
    const before = await solved(page)
    await expect.poll(() => figure(page, '#memory-figures', 'Stored').then(Number)).toBe(before)
    await page.fill('#memory-search', 'no such text anywhere')
    await expectText(page, '#memory-table', 'Nothing stored is like that.')
    await page.fill('#memory-search', '')
    await expect.poll(() => page.locator('#memory-table tbody tr').count()).toBeGreaterThan(0)

    const download = page.waitForEvent('download')
    await page.click('#memory-export')
    const lines = (await textOf(await (await download).createReadStream())).trim().split('\n')
    expect(lines).toHaveLength(before + 2)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ format: 'reprise-trajectories', count: before })
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ end: true, count: before })

    await page.locator('#memory-table tbody button').first().click()
    await expectText(page, '#detail', 'environment, reward 1')
    await page.click('#detail button.danger')
    await page.click('#detail button.danger')
    await expect.poll(() => figure(page, '#memory-figures', 'Stored').then(Number)).toBe(before - 1)
    const place = (): Promise<string | undefined> =>
      page.evaluate(() => document.activeElement?.closest('#memory-table tr, #memory-title')?.tagName)
    await expect.poll(place).toMatch(/^(TR|H2)$/)
    expect(complaints).toEqual([])
    await page.context().close()
  },
)

test('the keyboard alone trains, stops, sets up and forgets, and the focus is never lost', { timeout: 3 * MINUTES }, async () => {
  const { page, complaints } = await openPage()
  await tabTo(page, 'train')
  await page.keyboard.press('Enter')
  expect(await focused(page)).toBe('stop')
  await page.waitForFunction(() => document.querySelectorAll('#episodes > details').length > 1)
  await page.keyboard.press('Enter')
  await ready(page)
  expect(await focused(page)).toBe('train')
  await expectText(page, '#status', 'tried so far; what was learned is kept.')
  expect(await page.locator('#episodes .verdict').first().innerText()).toBe('stopped')
  expect(await page.locator('#episodes .verdict.broken').count()).toBe(0)

  await tabTo(page, 'setup-open')
  await page.keyboard.press('Enter')
  expect(await page.locator('#setup').evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true)
  await page.keyboard.press('Escape')
  expect(await focused(page)).toBe('setup-open')

  await page.keyboard.press('Shift+Tab')
  await tabTo(page, 'forget', 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#forget-dialog[open]')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expectText(page, '#status', 'Everything learned here is forgotten.')
  expect(complaints).toEqual([])
  await page.context().close()
})

test('what goes wrong is said in the page, with what to do', { timeout: 2 * MINUTES }, async () => {
  const { page } = await openPage()
  await page.fill('#try-goal', 'walk the dog')
  await page.click('#try-run')
  await expectText(page, '#try-note', 'This world has no goal “walk the dog”. Its goals are worded like')
  expect(await focused(page)).toBe('try-goal')
  expect(await page.locator('.alert').count()).toBe(0)
  await page.context().close()

  const missing = await openPage((context) => context.route(/\.onnx$/, (route) => route.fulfill({ status: 404 })))
  await missing.page.click('#train')
  await expectText(missing.page, '.alert', 'model-unavailable')
  expect(await missing.page.isEnabled('#train')).toBe(true)
  await missing.page.context().close()

  const lost = await openPage((context) => context.route(/memory\.worker/, (route) => route.fulfill({ status: 404 })), 'setup-open')
  await expectText(lost.page, '.alert', 'worker-lost')
  await expectText(lost.page, '#status', 'The memory could not be opened')
  await lost.page.context().close()
})

test(
  'a remote model or an embedder that cannot be reached is named, and the key is written nowhere',
  { timeout: 3 * MINUTES },
  async () => {
    const { page } = await openPage((context) => context.route(/huggingface/, (route) => route.abort()))
    await setUp(page, async () => {
      await page.check('#setup input[value=remote]')
      await page.fill('#remote-url', 'http://127.0.0.1:9/v1')
      await page.fill('#remote-key', 'sk-never-to-be-seen')
    })
    await expectText(page, '#setup-summary', 'gpt-5-mini, remote')
    await page.click('#train')
    await expectText(page, '.alert', 'model-unavailable')
    await expectText(page, '.alert', 'press Train again')
    await expectText(page, '#status', 'Training broke off. Nothing learned yet.')
    expect(await page.evaluate(() => JSON.stringify(localStorage) + document.documentElement.outerHTML)).not.toContain('sk-never')
    expect(await page.inputValue('#remote-key')).toBe('')

    await setUp(page, async () => {
      await page.check('#setup input[value=embedded]')
      await page.check('#setup input[value=minilm]')
    })
    await expectText(page, '#setup-summary', 'MiniLM embedder')
    await page.click('#train')
    await expectText(page, '.alert', 'embedder-failed')
    await expectText(page, '.alert', 'Choose the hash embedder')
    await page.context().close()
  },
)

test('a browser that gives no storage still trains, and says that nothing will be kept', { timeout: 3 * MINUTES }, async () => {
  // Private windows of some browsers refuse to open a database, in workers too: the memory's worker is served with one that refuses.
  const refusing = 'Object.defineProperty(IDBFactory.prototype,"open",{value(){throw new DOMException("refused","SecurityError")}});'
  const { page } = await openPage((context) =>
    context.route(/memory\.worker.*\.js$/, async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, body: refusing + (await response.text()) })
    }),
  )
  await expectText(page, '.alert', 'Nothing will be kept after a reload')
  await page.click('#train')
  await finished(page)
  expect(await figure(page, '#memory-figures', 'Kept')).toBe('until reload')
  await page.context().close()
})

test('a world chosen in Setup stays chosen after a reload, whatever the address said before', { timeout: MINUTES }, async () => {
  const { page } = await openPage()
  await setUp(page, () => page.fill('#world-seed', '4'))
  await expectText(page, '#setup-summary', 'world 4')
  await page.reload()
  await ready(page)
  await expectText(page, '#setup-summary', 'world 4')
  await page.context().close()
})

test('the small model chosen in Setup runs, and stays chosen after a reload', { timeout: MINUTES }, async () => {
  const { page, complaints } = await openPage()
  await setUp(page, () => page.check('#setup input[value=embedded-small]'))
  await expectText(page, '#setup-summary', 'Small embedded model')
  await page.click('#try-run')
  await finished(page)
  await expectText(page, '#now', 'End')
  await page.reload()
  await ready(page)
  await expectText(page, '#setup-summary', 'Small embedded model')
  expect(complaints).toEqual([])
  await page.context().close()
})

/** Pixels of the chart's canvas that are not empty. */
async function drawnPixels(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('#chart canvas')
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray()
    let drawn = 0
    for (let alpha = 3; alpha < data.length; alpha += 4) drawn += Number((data[alpha] ?? 0) > 0)
    return drawn
  })
}

async function tabTo(page: Page, id: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let press = 0; press < 40 && (await focused(page)) !== id; press++) await page.keyboard.press(key)
  expect(await focused(page)).toBe(id)
}
