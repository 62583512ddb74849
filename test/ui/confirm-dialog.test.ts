import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ApprovalRequest } from '../../src/core/environment.ts'
import { confirmDialog } from '../../src/presets/ui.ts'
import { answered, answerOf, armed, ask, middleOf, openShop, ORDER, press, type Shop, type Spied } from './open-page.ts'

let shop: Shop
let page: Page

beforeAll(async () => {
  shop = await openShop()
}, 60_000)
afterAll(() => shop.close())
afterEach(async () => {
  expect(await page.evaluate(() => (window as unknown as Spied).violations)).toEqual([])
  await page.close()
})

const openPage = async (options?: Parameters<Shop['open']>[0]): Promise<void> => {
  page = await shop.open(options)
}
const shownText = (): Promise<string> =>
  page.evaluate(() => (window as unknown as Spied).roots.findLast(({ host }) => host.isConnected)?.root.textContent ?? '')

test.each([
  ['Allow once', true],
  ['Allow for this run', 'run'],
  ['Refuse', false],
  ['Refuse and stop', 'stop'],
] as const)('pressing “%s” answers %s and leaves nothing in the page', async (button, answer) => {
  await openPage()
  await ask(page, ORDER)
  await armed(page)
  await press(page, button)
  expect(await answered(page)).toBe(answer)
  expect(await page.locator('reprise-approval').count()).toBe(0)
})

test('what is asked every time cannot be allowed for the run', async () => {
  await openPage()
  await ask(page, { ...ORDER, always: true })
  await expect(middleOf(page, 'Allow for this run')).rejects.toThrow('No button')
  expect(await shownText()).not.toContain('until this run ends')
})

test('the focus is on refusing, so that Enter refuses', async () => {
  await openPage()
  await ask(page, ORDER)
  await armed(page)
  await page.keyboard.press('Enter')
  expect(await answered(page)).toBe(false)
})

test('Escape refuses, before the buttons are armed, too', async () => {
  await openPage()
  await ask(page, ORDER, { armAfterMs: 60_000 })
  await page.keyboard.press('Escape')
  expect(await answered(page)).toBe(false)
})

test('the answers can be given by keyboard alone, and Tab stays among them', async () => {
  await openPage()
  await ask(page, ORDER)
  await armed(page)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  const reached: string[] = []
  for (let i = 0; i < 6; i++) {
    reached.push(await page.evaluate(() => (window as unknown as Spied).roots.at(-1)?.root.activeElement?.className ?? 'outside'))
    await page.keyboard.press('Tab')
  }
  expect(reached).toEqual(['allow', 'stop', 'body', '', 'refuse', 'allow'])
  await page.keyboard.press('Enter')
  expect(await answered(page)).toBe('run')
})

test('no script can answer: events that it makes do nothing, even with the buttons at hand', async () => {
  await openPage()
  await ask(page, ORDER)
  await armed(page)
  await page.evaluate(() => {
    const own = (window as unknown as Spied).roots.at(-1)
    const targets = [own?.host, ...(own?.root.querySelectorAll<HTMLElement>('*') ?? [])]
    for (const target of targets) {
      target?.click()
      for (const type of ['pointerdown', 'mousedown', 'mouseup', 'click'])
        target?.dispatchEvent(new MouseEvent(type, { bubbles: true, composed: true, cancelable: true }))
      for (const key of ['Enter', ' ', 'Escape'])
        for (const type of ['keydown', 'keyup'])
          target?.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, composed: true, cancelable: true }))
    }
  })
  expect(await answerOf(page)).toBeUndefined()
  await press(page, 'Allow once')
  expect(await answered(page)).toBe(true)
})

test('a click or a key that was on its way to the page is no answer', async () => {
  await openPage()
  await ask(page, ORDER, { armAfterMs: 5000 })
  for (let i = 0; i < 4; i++) await press(page, 'Allow once')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Space')
  expect(await answerOf(page)).toBeUndefined()
})

test('a press that began before the buttons were armed is no answer, nor is a key that is held down', async () => {
  await openPage()
  await ask(page, ORDER, { armAfterMs: 1500 })
  const { x, y } = await middleOf(page, 'Allow once')
  await page.mouse.move(x, y)
  await page.mouse.down()
  await armed(page)
  await page.mouse.up()
  expect(await answerOf(page)).toBeUndefined()
  await page.evaluate(() => (window as unknown as Spied).roots.at(-1)?.root.querySelector<HTMLElement>('.allow')?.focus())
  await page.mouse.move(5, 5)
  await page.keyboard.down('Shift')
  await page.keyboard.up('Shift')
  const held = await page.context().newCDPSession(page)
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' }
  await held.send('Input.dispatchKeyEvent', { type: 'keyDown', ...enter, autoRepeat: true })
  await held.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter })
  expect(await answerOf(page)).toBeUndefined()
})

test('the page neither reaches into the dialog nor hides it, and its handlers do not hear what is pressed in it', async () => {
  await openPage()
  await ask(page, ORDER)
  await armed(page)
  await page.keyboard.press('d')
  const seen = await page.evaluate(() => {
    const { roots, heard } = window as unknown as Spied
    const host = document.querySelector('reprise-approval')
    return { mode: roots.at(-1)?.mode, root: host?.shadowRoot, inside: host?.childNodes.length, heard }
  })
  expect(seen).toEqual({ mode: 'closed', root: null, inside: 0, heard: [] })
  await press(page, 'Allow once')
  expect(await answered(page)).toBe(true)
  expect(await page.evaluate(() => (window as unknown as Spied).heard)).not.toContain('click')
})

test('the focus goes back to where it was', async () => {
  await openPage()
  await page.locator('#name').focus()
  await ask(page, ORDER)
  await armed(page)
  await press(page, 'Refuse')
  await answered(page)
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('name')
})

test('several questions are asked one after another', async () => {
  await openPage()
  await ask(page, { ...ORDER, description: 'the first' }, { name: 'first' })
  await ask(page, { ...ORDER, description: 'the second' }, { name: 'second' })
  expect(await page.locator('reprise-approval').count()).toBe(1)
  await armed(page)
  expect(await shownText()).toContain('the first')
  await press(page, 'Allow once')
  expect(await answered(page, 'first')).toBe(true)
  await armed(page)
  expect(await shownText()).toContain('the second')
  expect(await answerOf(page, 'second')).toBeUndefined()
  await press(page, 'Refuse')
  expect(await answered(page, 'second')).toBe(false)
})

test('a signal refuses what is asked and what waits, and takes the question away', async () => {
  await openPage()
  const answers = await page.evaluate(async (text) => {
    const request = JSON.parse(text) as ApprovalRequest
    const stop = new AbortController()
    const one = new AbortController()
    const confirm = (window as unknown as Spied).UI.confirmDialog({ signal: stop.signal })
    const asked = [confirm(request), confirm(request, { signal: one.signal }), confirm(request)]
    one.abort()
    const second = await asked[1]
    await new Promise((resolve) => setTimeout(resolve, 50))
    const open = document.querySelectorAll('reprise-approval').length
    stop.abort()
    return { second, open, all: await Promise.all(asked), after: await confirm(request) }
  }, JSON.stringify(ORDER))
  expect(answers).toEqual({ second: false, open: 1, all: [false, false, false], after: false })
  expect(await page.locator('reprise-approval').count()).toBe(0)
})

const LEAVING: Record<string, () => void> = {
  'takes the element away': () => document.querySelector('reprise-approval')?.remove(),
  'moves the element': () => document.body.append(document.querySelector('reprise-approval') ?? ''),
  'moves on': () => history.pushState(null, '', '/next'),
  'is left': () => window.dispatchEvent(new PageTransitionEvent('pagehide')),
}

test.each(Object.entries(LEAVING))('a page that %s has refused', async (_, act) => {
  await openPage()
  await ask(page, ORDER, { armAfterMs: 60_000 })
  await page.evaluate(act)
  expect(await answered(page)).toBe(false)
})

test.each([
  ['where the browser tells what it painted', true],
  ['where it does not', false],
])('a dialog or a popover that the page opens above the question goes below it again, %s', async (_, told) => {
  await openPage()
  if (!told) await page.evaluate(() => Reflect.deleteProperty(IntersectionObserverEntry.prototype, 'isVisible'))
  await ask(page, ORDER)
  await armed(page)
  const clear = (): Promise<unknown> => page.waitForFunction(() => !(window as unknown as Spied).roots.at(-1)?.root.querySelector('.armed'))
  await page.evaluate(() => document.querySelector<HTMLDialogElement>('#other')?.showModal())
  await clear()
  await armed(page)
  await page.evaluate(() => document.querySelector<HTMLElement>('#popover')?.showPopover())
  await clear()
  await armed(page)
  await press(page, 'Allow once')
  expect(await answered(page)).toBe(true)
})

test('a click that a popover of the page lets through to a hidden answer does not count', async () => {
  await openPage()
  // An opening is heard at once, what was painted is told late: the time of arming lies between.
  await ask(page, ORDER, { armAfterMs: 300 })
  await armed(page)
  const { x, y } = await middleOf(page, 'Allow once')
  await page.evaluate(() => {
    const popover = document.querySelector<HTMLElement>('#popover')
    setInterval(() => {
      popover?.hidePopover()
      popover?.showPopover()
    }, 30)
  })
  await page.waitForFunction(() => (window as unknown as Spied).roots.at(-1)?.root.querySelector('[role=status]')?.textContent)
  for (let i = 0; i < 10; i++) {
    await page.mouse.click(x, y)
    await page.waitForTimeout(100)
  }
  expect(await answerOf(page)).toBeUndefined()
  await page.keyboard.press('Escape')
  expect(await answered(page)).toBe(false)
})

test('a page that will not leave the question on top has refused', async () => {
  await openPage()
  await ask(page, ORDER)
  await page.evaluate(() => {
    const other = document.querySelector<HTMLDialogElement>('#other')
    setInterval(() => {
      other?.close()
      other?.showModal()
    }, 30)
  })
  expect(await answered(page)).toBe(false)
})

test('texts are texts: no markup is read, and what is invisible or reorders is spelled out', async () => {
  await openPage()
  const hostile = '<img src=x onerror=alert(1)><b>bold</b> \u202egnp.exe\u2066 zero\u200b\u200b\u200bwidth {site} $&'
  await ask(page, { effect: 'submit', action: hostile, description: hostile, details: { [hostile]: [hostile] }, scope: hostile })
  const { text, markup } = await page.evaluate(() => {
    const root = (window as unknown as Spied).roots.at(-1)?.root
    return { text: root?.textContent ?? '', markup: root?.querySelectorAll('img, b, a').length }
  })
  expect(markup).toBe(0)
  expect(text.split('<img src=x onerror=alert(1)><b>bold</b> ⟨U+202E⟩gnp.exe⟨U+2066⟩ zero⟨U+200B ×3⟩width {site} $&')).toHaveLength(5)
})

test('the site of an address stands apart, in the form the browser uses, and is compared with the page', async () => {
  await openPage()
  const origin = new URL(page.url()).origin
  await ask(page, { ...ORDER, details: { url: 'https://shop.example@xn--pple-43d.com/a?b=1', back: `${origin}/orders` } })
  const sites = await page.evaluate(() =>
    [...((window as unknown as Spied).roots.at(-1)?.root.querySelectorAll('.address') ?? [])].map((one) => [
      one.querySelector('.origin')?.textContent,
      one.querySelector('.tag')?.textContent,
    ]),
  )
  expect(sites).toEqual([
    ['https://xn--pple-43d.com', 'another site'],
    [origin, 'this site'],
  ])
})

test('assistive technology is told what it is, what is asked, and whose words are whose', async () => {
  await openPage()
  await ask(page, ORDER)
  await armed(page)
  const session = await page.context().newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  const dialog = nodes.find((node) => node.role?.value === 'alertdialog')
  expect(dialog?.name?.value).toBe('Allow the agent to do this?')
  expect(dialog?.description?.value).toMatch(/^May cost money Press the button “Place order”.*https:\/\/pay.example.com/s)
  expect(dialog?.properties?.find(({ name }) => name === 'modal')?.value.value).toBe(true)
  const agents = nodes.find(
    (node) => node.name?.value === 'Written by the agent, not by the page or your browser' && node.role?.value === 'group',
  )
  expect(agents).toBeDefined()
  const focused = nodes.filter((node) => node.properties?.some(({ name, value }) => name === 'focused' && value.value === true))
  expect(focused.map(({ role, name }) => [role?.value, name?.value])).toContainEqual(['button', 'Refuse'])
})

test.each([
  [320, 568],
  [320, 256],
  [800, 700],
])('on %d × %d pixels everything can be reached, whatever the texts', async (width, height) => {
  await openPage({ width, height })
  const long = `${'W'.repeat(3000)} ${'line\n'.repeat(500)}`
  await ask(page, {
    effect: 'destructive',
    action: long,
    description: long,
    details: { url: `https://a.example/${'x'.repeat(900)}`, long },
  })
  const sizes = await page.evaluate(() => {
    const dialog = (window as unknown as Spied).roots.at(-1)?.root.querySelector('dialog')
    const box = dialog?.getBoundingClientRect()
    return { wide: (dialog?.scrollWidth ?? 1) - (dialog?.clientWidth ?? 0), left: box?.left, right: box?.right, bottom: box?.bottom }
  })
  expect(sizes.wide).toBe(0)
  expect(sizes.left).toBeGreaterThanOrEqual(0)
  expect(sizes.right).toBeLessThanOrEqual(width)
  expect(sizes.bottom).toBeLessThanOrEqual(height)
  await armed(page)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await answered(page)).toBe(true)
})

test('words can be replaced', async () => {
  await openPage()
  await page.evaluate((text) => {
    const request = JSON.parse(text) as ApprovalRequest
    const labels = { lang: 'de', refuse: 'Ablehnen', effects: { pay: 'Kann Geld kosten' }, facts: { url: 'Adresse' } }
    void (window as unknown as Spied).UI.confirmDialog({ labels })(request)
  }, JSON.stringify(ORDER))
  await middleOf(page, 'Ablehnen')
  expect(await shownText()).toMatch(/^Kann Geld kosten.*Adresse.*Method/s)
})

test('the element is known as the library’s own, and markup with its name is not', async () => {
  await openPage()
  await ask(page, ORDER)
  const known = await page.evaluate(() => {
    const { UI, roots } = window as unknown as Spied
    const own = roots.at(-1)
    const inside = own?.root.querySelector('button')
    const fake = document.createElement('reprise-approval')
    document.body.append(fake)
    return [own?.host, inside, fake, document.body].map((one) => one && UI.isOwnElement(one))
  })
  expect(known).toEqual([true, true, false, false])
})

test('two copies of the library ask in one page without a fight', async () => {
  await openPage()
  await ask(page, { ...ORDER, description: 'by the first copy' }, { name: 'first' })
  await page.evaluate(async (text) => {
    const request = JSON.parse(text) as ApprovalRequest
    const spied = window as unknown as Spied
    const copy = await spied.secondCopy()
    void copy
      .confirmDialog({ armAfterMs: 0 })(request)
      .then((answer) => (spied.answers['second'] = answer))
  }, JSON.stringify(ORDER))
  await armed(page)
  await page.waitForTimeout(1500)
  await press(page, 'Allow once')
  expect(await answered(page, 'second')).toBe(true)
  await page.waitForFunction(() => (window as unknown as Spied).roots[0]?.root.querySelector('.armed'))
  await press(page, 'Refuse')
  expect(await answered(page, 'first')).toBe(false)
})

test('where there is no page, asking says so, and options are checked', async () => {
  await openPage()
  await expect(confirmDialog()(ORDER)).rejects.toMatchObject({ code: 'invalid-options' })
  expect(() => confirmDialog({ armAfterMs: -1 })).toThrow('armAfterMs must be at least 0')
})
