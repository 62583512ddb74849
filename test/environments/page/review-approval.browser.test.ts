/** What an answer covers, and where secrets go, on pages whose users write markup that means to be taken for something else. */
import { afterEach, expect, test } from 'vitest'
import { openPage, type OpenPage, type OpenPageOptions } from './page-setup.ts'

const open: OpenPage[] = []
const opened = async (html: string, options?: OpenPageOptions): Promise<OpenPage> => {
  const page = await openPage(html, options)
  open.push(page)
  return page
}
afterEach(() => open.splice(0).forEach((page) => page.close()))

const bank = { value: 'S3cret-of-the-bank', origin: location.origin, field: 'current-password' }
const field = (page: OpenPage, selector: string): string =>
  (page.root.querySelector(selector) as HTMLInputElement | null)?.value ?? page.root.querySelector(selector)?.textContent ?? ''

test('a secret goes into no field but the one that was looked at: a label vouches for nothing', async () => {
  const page = await opened(
    `<label tabindex="0" role="textbox" autocomplete="current-password" for="c">Password</label> <textarea id="c" aria-label="Comment"></textarea>`,
    { secrets: { bank } },
  )
  for (const ref of new Set(page.seen().match(/(?<=\[)e\d+(?=\])/g))) await page.act('type', { ref, text: '{{secret:bank}}' })
  expect(field(page, 'textarea')).toBe('')
  expect(page.asked).toEqual([])
})

test('a secret goes into no field but the one that was looked at: nor does a part of an editor', async () => {
  const page = await opened(
    `<div contenteditable id="mail">Dear Sir, <span role="textbox" tabindex="0" aria-label="Password" autocomplete="current-password">here</span></div>`,
    { secrets: { bank } },
  )
  for (const ref of new Set(page.seen().match(/(?<=\[)e\d+(?=\])/g))) await page.act('type', { ref, text: '{{secret:bank}}' })
  expect(page.root.textContent).not.toContain('S3cret')
  expect(page.asked).toEqual([])
})

test('a secret is not filled into a form that leads elsewhere, and who is asked is told where the form leads', async () => {
  const html = (action: string): string =>
    `<form action="${action}" method="post"><label>Password <input type="password" autocomplete="current-password"></label><button>Go</button></form>`
  const away = await opened(html('https://evil.example/take'), { secrets: { bank } })
  expect((await away.act('type', { ref: away.ref('Password', 'textbox'), text: '{{secret:bank}}' })).observation).toMatch(
    /Nothing was done/,
  )
  expect([field(away, 'input'), away.asked.length]).toEqual(['', 0])
  away.close()
  const home = await opened(html('/comments'), { secrets: { bank } })
  await home.act('type', { ref: home.ref('Password', 'textbox'), text: '{{secret:bank}}' })
  expect(home.asked).toMatchObject([{ always: true, details: { secret: 'bank', form: { url: `${location.origin}/comments` } } }])
  expect(field(home, 'input')).toBe(bank.value)
})

test('a password that the agent types by way of a label is a secret all the same', async () => {
  const page = await opened('<label role="button" tabindex="0" for="p">Write here</label><input id="p" type="password">')
  const [ref] = /(?<=\[)e\d+(?=\] button)|(?<=\[)e\d+(?=\])/.exec(page.seen()) ?? []
  const action = JSON.stringify({ tool: 'type', input: { ref, text: 'hunter2-by-label' } })
  expect(page.environment.redact?.(action, 'action')).not.toContain('hunter2')
})

/** Whether an answer for the run to the first would cover the second. */
const covers = ({ asked }: OpenPage): boolean =>
  asked.length < 2 || (!asked[0]?.always && asked[0]?.effect === asked[1]?.effect && asked[0]?.scope === asked[1]?.scope)

test('leave for one key is none for another, wherever the focus is', async () => {
  const page = await opened('<div tabindex="0" id="list" role="group" aria-label="Letters">x</div>')
  page.root.querySelector<HTMLElement>('#list')?.focus()
  await page.act('press', { key: 'j' })
  await page.act('press', { key: 'Delete' })
  expect(page.asked).toHaveLength(2)
  expect(covers(page)).toBe(false)
})

test('leave for a button that says one thing is none for what it says later', async () => {
  const page = await opened('<button type="button">Next</button>')
  const ref = page.ref('Next')
  await page.act('click', { ref })
  ;(page.root.querySelector('button') as HTMLButtonElement).textContent = 'Send application'
  await page.act('click', { ref })
  expect(page.asked).toHaveLength(2)
  expect(covers(page)).toBe(false)
})

test.each([
  ['links that lead nowhere', '<p><a href="#">First</a></p><p><a href="#">Second</a>'],
  ['links that run scripts', '<p><a href="javascript:void 0">First</a></p><p><a href="javascript:void 1">Second</a>'],
  ['links that delete', '<p><a href="/a">Delete First</a></p><p><a href="/b">Delete Second</a>'],
])('leave for one of %s is none for the other', async (_, html) => {
  const page = await opened(html)
  page.root.addEventListener('click', (event) => event.preventDefault())
  await page.act('click', { ref: page.ref('First') })
  await page.act('click', { ref: page.ref('Second') })
  expect(page.asked).toHaveLength(2)
  expect(covers(page)).toBe(false)
})

test('leave for the run to follow a link covers the site, as it says', async () => {
  const page = await opened('<p><a href="/a">First</a></p><p><a href="/b">Second</a>')
  page.root.addEventListener('click', (event) => event.preventDefault())
  await page.act('click', { ref: page.ref('First') })
  await page.act('click', { ref: page.ref('Second') })
  expect(covers(page)).toBe(true)
})

test('paying is asked about every time', async () => {
  const page = await opened('<form action="/buy" method="post"><button>Buy now</button></form>')
  page.root.addEventListener('submit', (event) => event.preventDefault())
  await page.act('click', { ref: page.ref('Buy now') })
  expect(page.asked).toMatchObject([{ effect: 'pay', always: true }])
})

test('a question holds nothing that reorders or hides its own words', async () => {
  const page = await opened('<button type="button">Save\u202Eetal\u200B\u2066 file\u00AD</button>')
  await page.act('click', { ref: page.ref('Save') })
  expect(JSON.stringify(page.asked)).not.toMatch(/[\u202E\u200B\u2066\u00AD]/)
  expect(page.asked).toHaveLength(1)
})

test('what is called a field, and takes no text, is none', async () => {
  const page = await opened('<span role="textbox" tabindex="0" aria-label="Name">Ann</span>')
  const keys: string[] = []
  const hear = (event: Event): void => void keys.push(event.type)
  for (const type of ['click', 'keydown']) page.root.addEventListener(type, hear)
  await page.act('press', { ref: page.ref('Name'), key: 'd' })
  await page.act('click', { ref: page.ref('Name') })
  expect(page.asked.map(({ effect }) => effect)).toEqual(['destructive', 'destructive'])
})

test('keys in fields that pages take for none are asked about, those in others are not', async () => {
  const page = await opened(
    '<input type="range" aria-label="Size"><input readonly aria-label="Fixed"><input aria-label="Free"><textarea aria-label="Long"></textarea>',
  )
  for (const name of ['Free', 'Long']) await page.act('press', { ref: page.ref(name), key: 'd' })
  expect(page.asked).toEqual([])
  for (const name of ['Size', 'Fixed']) await page.act('press', { ref: page.ref(name), key: 'd' })
  await page.act('press', { ref: page.ref('Free'), key: 'Alt+a' })
  expect(page.asked.map(({ effect }) => effect)).toEqual(['destructive', 'destructive', 'destructive'])
})

test('keys may be written as people write them, and are not asked about for that', async () => {
  const page = await opened('<input aria-label="Free">')
  for (const key of ['esc', 'tab', 'TAB', 'down', 'ctrl+a', 'cmd+a', 'shift+Tab', 'right', 'del', 'backspace', 'Shift+ArrowLeft'])
    await page.act('press', { ref: page.ref('Free'), key })
  expect(page.asked.map(({ action }) => action)).toEqual([])
})

test('a button that closes a dialog with an answer is asked about, one without is not', async () => {
  const page = await opened(
    '<dialog id="d"><button type="button" commandfor="d" command="close" value="erase">Yes</button><button type="button" commandfor="d" command="close">No</button></dialog>',
  )
  const dialog = page.root.querySelector('dialog') as HTMLDialogElement
  dialog.show()
  await page.act('wait', { seconds: 0 })
  await page.act('click', { ref: page.ref('"No"') })
  expect(page.asked).toEqual([])
  dialog.show()
  await page.act('wait', { seconds: 0 })
  await page.act('click', { ref: page.ref('"Yes"') })
  expect(page.asked).toMatchObject([{ effect: 'destructive' }])
})
