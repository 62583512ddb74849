/** The memory panel of the playground: verdicts, the ledger, files out and in, and two tabs at once. */
import { expect, test } from 'vitest'
import type { Locator, Page } from 'playwright'
import { address, eventually, expectText, figure, finished, focused, MINUTES, openPage, ready, textOf } from './playground-pages.ts'

test(
  'a verdict takes an episode out of use and brings it back, and is told with what it was shown to',
  { timeout: 3 * MINUTES },
  async () => {
    const { page, complaints } = await openPage()
    await train(page)
    const stored = await storedCount(page)
    // The oldest was read by those after it.
    await page.selectOption('#memory-order', 'oldest')
    await eventually(() => column(firstRow(page), 3)).toMatch(/^[1-9]/)
    const goal = await firstRow(page).locator('button').first().innerText()
    await firstRow(page).locator('button').first().click()
    await expectText(page, '#detail', 'of these episodes succeeded')

    await page.click('#detail summary')
    await page.waitForSelector('#detail .shown-list li .scores')
    expect(await page.locator('#detail .shown-list li').first().innerText()).toMatch(
      /In \d+ prompts? \(.+\), \d+ % of all[^]+Best fit: \w+/,
    )

    await page.fill('#feedback-note', 'the drawer was moved <b>')
    await page.click('text=It did harm')
    await expectText(page, '#detail .feedback', '✗ It did harm: “the drawer was moved <b>”')
    expect(await page.innerText('#detail .state')).toContain('retired')
    await page.keyboard.press('Escape')
    await eventually(() => figure(page, '#memory-figures', 'In use')).toBe(String(stored - 1))

    await page.selectOption('#memory-status', 'retired')
    await eventually(() => rows(page).count()).toBe(1)
    expect(await column(firstRow(page), 0)).toBe(goal)
    await page.reload()
    await ready(page)
    await page.selectOption('#memory-status', 'retired')
    await eventually(() => rows(page).count()).toBe(1)
    await firstRow(page).locator('button').first().click()
    await expectText(page, '#detail .feedback', 'the drawer was moved')
    await page.click('text=It helped')
    await eventually(() => page.locator('#detail .feedback li').count()).toBe(2)
    expect(await page.innerText('#detail .state')).toContain('in use')
    await page.keyboard.press('Escape')
    await expectText(page, '#memory-table', 'Nothing stored is like that.')
    await eventually(() => figure(page, '#memory-figures', 'In use')).toBe(String(stored))
    expect(complaints).toEqual([])
    await page.context().close()
  },
)

test('what training was shown is still known after a reload', { timeout: 2 * MINUTES }, async () => {
  const { page, complaints } = await openPage()
  await train(page)
  await page.reload()
  await ready(page)
  await page.click('#ledger > summary')
  const shown = page.locator('#ledger li details').first()
  await shown.locator('summary').click()
  await shown.locator('li .scores').first().waitFor()
  expect(await shown.locator('li').first().innerText()).toMatch(
    /^(serve|put|handle).+\n[^]+Best fit: (planning|thinking|acting).+score \d\.\d\d\./,
  )
  // All twelve, ten at a time.
  expect(await page.locator('#ledger .shown-list > ol > li').count()).toBe(10)
  await page.click('#ledger .shown-list > button')
  await eventually(() => page.locator('#ledger .shown-list > ol > li').count()).toBe(12)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('an export brings everything back after it was forgotten, once it is accepted', { timeout: 4 * MINUTES }, async () => {
  const { page, complaints } = await openPage()
  await train(page)
  const stored = await storedCount(page)
  expect(stored).toBeGreaterThan(2)
  const download = page.waitForEvent('download')
  await page.click('#memory-export')
  const file = await textOf(await (await download).createReadStream())
  await page.click('#forget')
  await page.click('#forget-dialog button[value=forget]')
  await eventually(() => figure(page, '#memory-figures', 'Stored')).toBe('0')

  await importTexts(page, { 'memory.jsonl': file })
  await expectText(page, '#import', `${stored} episodes imported. The checksum is right`)
  await eventually(() => figure(page, '#memory-figures', 'Stored')).toBe(String(stored))
  expect(await figure(page, '#memory-figures', 'In use')).toBe('0')
  expect(await memoriesRead(page)).toBe(false)

  await page.click('text=Show them')
  await eventually(() => page.inputValue('#memory-status')).toBe('quarantined')
  await firstRow(page).locator('text=Accept').click()
  await eventually(() => figure(page, '#memory-figures', 'In use')).toBe('1')
  await page.click('#accept-all')
  if (stored > 11) await page.click('#accept-all')
  await eventually(() => figure(page, '#memory-figures', 'In use')).toBe(String(stored))
  await eventually(() => page.isHidden('#waiting')).toBe(true)
  await eventually(() => focused(page)).toBe('memory-status')
  expect(await memoriesRead(page)).toBe(true)

  await importTexts(page, { 'memory.jsonl': file })
  await expectText(page, '#import', `Nothing new was imported. ${stored} were stored already`)
  expect(complaints).toEqual([])
  await page.context().close()
})

test(
  'several files are read at once, of another package too, and what is unusable is told by file and line',
  { timeout: MINUTES },
  async () => {
    const { page, complaints } = await openPage()
    const other = (id: string, goal: string): string =>
      JSON.stringify({ id, goal, plan: 'p', steps: [{ observation: 'o', reasoning: 'r', action: 'a' }], success: true, metadata: {} })
    await dropTexts(page, {
      'one.json': other('a', 'put the red mug away'),
      'two.json': other('b', 'put the <i>blue</i> mug away'),
      'notes.jsonl': '{"broken\n',
    })
    await expectText(page, '#import', '2 episodes imported. 1 could not be used.')
    await page.click('#import summary')
    await expectText(page, '#import .problems', 'notes.jsonl, line 1')
    await eventually(() => column(rows(page).filter({ hasText: 'blue' }), 0)).toBe('put the <i>blue</i> mug away')

    await page.click('#import >> text=Dismiss')
    expect(await focused(page)).toBe('memory-import')
    await importTexts(page, { 'notes.jsonl': 'no trajectory at all' })
    await expectText(page, '#import', 'import-invalid')
    expect(complaints).toEqual([])
    await page.context().close()
  },
)

test('a long import can be stopped; what came in by then is kept', { timeout: 2 * MINUTES }, async () => {
  const { page, complaints } = await openPage()
  await dropLongFile(page, 20_000)
  await expectText(page, '#import', 'Looked at')
  expect(Number(await page.locator('#import progress').getAttribute('value'))).toBeGreaterThan(0)
  await page.click('#import >> text=Stop')
  await expectText(page, '#import', 'Import stopped')
  await eventually(() => storedCount(page)).toBeGreaterThan(0)
  expect(await storedCount(page)).toBeLessThan(20_000)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('two tabs see each other train, judge and forget as it happens', { timeout: 4 * MINUTES }, async () => {
  const { page, complaints } = await openPage()
  const other = await page.context().newPage()
  await other.goto(address)
  await ready(other)
  await train(page)
  const stored = await storedCount(page)
  await eventually(() => figure(other, '#memory-figures', 'Stored')).toBe(String(stored))
  await expectText(other, '#status', '12 goals tried so far')

  await firstRow(other).locator('button').first().click()
  await other.click('text=It did harm')
  await eventually(() => figure(page, '#memory-figures', 'In use')).toBe(String(stored - 1))
  await eventually(() => page.locator('#memory-table .chip.retired').count()).toBe(1)
  await other.keyboard.press('Escape')

  await other.click('#train')
  await finished(other)
  await expectText(page, '#status', '24 goals tried so far')
  await eventually(() => storedCount(page)).toBe(await storedCount(other))
  await page.click('#forget')
  await page.click('#forget-dialog button[value=forget]')
  await expectText(other, '#status', 'Nothing learned yet')
  await eventually(() => figure(other, '#memory-figures', 'Stored')).toBe('0')
  expect(complaints).toEqual([])
  await page.context().close()
})

async function train(page: Page): Promise<void> {
  await page.click('#train')
  await finished(page)
  // What was solved is stored, whatever was stored before.
  const solved = await page.locator('#episodes > details > summary .verdict.success').count()
  await eventually(() => storedCount(page)).toBeGreaterThanOrEqual(solved)
}

async function storedCount(page: Page): Promise<number> {
  return Number((await figure(page, '#memory-figures', 'Stored')).replaceAll(/\D/g, ''))
}

function rows(page: Page): Locator {
  return page.locator('#memory-table tbody tr')
}

function firstRow(page: Page): Locator {
  return rows(page).first()
}

function column(row: Locator, index: number): Promise<string> {
  return row.locator('td').nth(index).innerText()
}

/** Runs one goal, and says whether its decisions read any memory. */
async function memoriesRead(page: Page): Promise<boolean> {
  const episodes = page.locator('#episodes > details')
  const before = await episodes.count()
  await page.click('#try-run')
  // Not by its buttons: it may be over before anybody looks.
  await eventually(() => episodes.count()).toBe(before + 1)
  await ready(page)
  return (await page.locator('#now .steps').innerText()).includes('read, best')
}

async function importTexts(page: Page, texts: Record<string, string>): Promise<void> {
  const files = Object.entries(texts).map(([name, text]) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) }))
  await page.setInputFiles('#import-files', files)
}

async function dropTexts(page: Page, texts: Record<string, string>): Promise<void> {
  await page.evaluate((given) => {
    const dataTransfer = new DataTransfer()
    for (const [name, text] of Object.entries(given)) dataTransfer.items.add(new File([text], name))
    document.body.dispatchEvent(new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true }))
    if (!document.querySelector('#memory.dropping')) throw new Error('Nothing says that files may be dropped')
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  }, texts)
}

/** Made in the page: so large a file would take longest on its way there. */
async function dropLongFile(page: Page, lines: number): Promise<void> {
  await page.evaluate((count) => {
    const step = { observation: 'o '.repeat(200), reasoning: 'r', action: 'a' }
    const line = (id: number): string =>
      JSON.stringify({ id: `t${id}`, goal: `put mug ${id} away`, plan: '', steps: [step, step, step], success: true, metadata: {} })
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([Array.from({ length: count }, (_, id) => line(id)).join('\n')], 'long.jsonl'))
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  }, lines)
}
