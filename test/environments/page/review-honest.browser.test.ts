/** Pages as people really build them: what they need so that an agent gets on, without leave for what needs none. */
import { afterEach, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import { factsOf } from '../../../src/environments/page/act/facts-of.ts'
import { openPage, type OpenPage, type OpenPageOptions } from './page-setup.ts'

const open: OpenPage[] = []
const opened = async (html: string, options?: OpenPageOptions): Promise<OpenPage> => {
  const page = await openPage(html, options)
  open.push(page)
  return page
}
afterEach(() => open.splice(0).forEach((page) => page.close()))

test('a field tells of its change once, a picker at once', async () => {
  const page = await opened('<label>Day <input type="date"></label><p><label>City <input></label></p><p><label>Street <input></label></p>')
  const told: string[] = []
  page.root.addEventListener('change', ({ target }) => told.push((target as HTMLInputElement).value))
  await page.act('type', { ref: page.ref('Day'), text: '2026-01-31' })
  expect(told).toEqual(['2026-01-31'])
  await page.act('type', { ref: page.ref('City'), text: 'Oslo' })
  await page.act('type', { ref: page.ref('Street'), text: 'A' })
  expect(told.slice(0, 2)).toEqual(['2026-01-31', 'Oslo'])
  expect(new Set(told).size).toBe(told.length)
})

test.each([
  ['a link without a box of its own', '<a href="#there" style="display:contents"><span>Jump there</span></a><p id="there">x</p>'],
  ['a link around blocks', '<a href="#there"><div>Jump there</div></a><p id="there">x</p>'],
  ['a tab in a shadow tree', '<x-tab></x-tab>'],
  [
    'what lies below a bar that sticks',
    '<div style="height:3000px"></div><p id="there"></p><a href="#there">Jump there</a><div style="height:3000px"></div>',
  ],
])('%s can be clicked, and is not asked about', async (_, html) => {
  const page = await opened(html)
  const shadow = page.root.querySelector('x-tab')?.attachShadow({ mode: 'open' })
  if (shadow) shadow.innerHTML = '<div role="tab" tabindex="0">Jump there</div>'
  const bar = document.createElement('div')
  bar.style.cssText = 'position:fixed;top:0;left:0;right:0;height:60px;background:white'
  bar.textContent = 'Bar'
  page.root.style.paddingTop = '80px'
  page.root.append(bar)
  let clicks = 0
  page.root.addEventListener('click', (event) => ((clicks += 1), event.preventDefault()))
  await page.act('wait', { seconds: 0 })
  page.root.querySelector('a')?.scrollIntoView({ block: 'start' })
  await page.act('wait', { seconds: 0 })
  const { observation } = await page.act('click', { ref: page.ref('"Jump there') })
  expect(observation).toMatch(/^Clicked/)
  expect([clicks, page.asked.length]).toEqual([1, 0])
})

test('a button in a link is asked about as both, and leads where the link leads', async () => {
  const page = await opened('<a href="/next"><button type="button">Go on</button></a>')
  page.root.addEventListener('click', (event) => event.preventDefault())
  await page.act('click', { ref: page.ref('button', 'Go on') })
  expect(page.asked).toMatchObject([{ effect: 'destructive', details: { opens: { url: `${location.origin}/next` } } }])
})

test('a checkbox in a link is ticked without leave, as the link is not followed', async () => {
  const page = await opened('<a href="/item"><input type="checkbox" aria-label="Compare"></a>')
  await page.act('check', { ref: page.ref('checkbox', 'Compare'), checked: true })
  expect([page.root.querySelector('input')?.checked, page.asked.length]).toEqual([true, 0])
})

test('a link of a frame that leads the page around it away is no jump within the frame', async () => {
  const page = await opened('<iframe></iframe>')
  const frame = page.root.querySelector('iframe') as HTMLIFrameElement
  const inner = frame.contentDocument as Document
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  frame.src = '/some-page'
  await loaded
  const document = frame.contentDocument ?? inner
  document.body.innerHTML = '<a href="#x">In</a><a href="#x" target="_top">Out</a>'
  const facts = [...document.links].map((link) => factsOf(link, { verb: 'click' }).opens?.fragment)
  expect(facts).toEqual([true, false])
})

test('a page that never rests, and one that throws at every event, are answered all the same', async () => {
  const page = await opened('<p id="tick">0</p><label>City <input></label><button type="button" aria-expanded="false">More</button>', {
    settle: { timeoutMs: 300 },
  })
  const tick = page.root.querySelector('#tick') as HTMLElement
  const timer = setInterval(() => (tick.textContent = String(Number(tick.textContent) + 1)), 5)
  expect((await page.act('type', { ref: page.ref('City'), text: 'Oslo' })).observation).toMatch(/^The field holds "Oslo" now/)
  expect((await page.act('click', { ref: page.ref('More') })).observation).toMatch(/^Clicked/)
  clearInterval(timer)
})

test('a form that a field sends a moment after it was filled is held, and told; what a person does meanwhile is theirs', async () => {
  const page = await opened(
    '<form action="/find"><label>Search <input name="q"></label></form><button type="button" id="by-hand">By hand</button>',
  )
  const form = page.root.querySelector('form') as HTMLFormElement
  const sent: string[] = []
  page.root.addEventListener('submit', (event) => (event.preventDefault(), sent.push(event.type)))
  page.root.addEventListener('input', () => setTimeout(() => form.requestSubmit(), 500))
  page.root.querySelector('#by-hand')?.addEventListener('click', () => form.requestSubmit())
  const { observation } = await page.act('type', { ref: page.ref('Search'), text: 'x' })
  expect(observation).toMatch(/^The field holds/)
  await new Promise((resolve) => setTimeout(resolve, 700))
  expect([sent, page.asked]).toEqual([[], []])
  expect((await page.act('scroll', { direction: 'down' })).observation).toMatch(/^The action before was about to send a form/)
  expect((await page.act('wait', { seconds: 0 })).observation).not.toMatch(/^The action before/)
  // By key: a pointer would stay over the page of the next test.
  page.root.querySelector<HTMLElement>('#by-hand')?.focus()
  await userEvent.keyboard('{Enter}')
  expect(sent).toEqual(['submit'])
})
