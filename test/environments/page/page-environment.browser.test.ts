import { afterEach, describe, expect, test } from 'vitest'
import type { ApprovalRequest } from '../../../src/core/environment.ts'
import { pageEnvironment } from '../../../src/environments/page/page-environment.ts'
import { testEnvironment } from '../../contracts/environment.ts'
import { openPage, refOf, type OpenPage, type OpenPageOptions } from './page-setup.ts'

const open: OpenPage[] = []
const opened = async (html: string, options?: OpenPageOptions): Promise<OpenPage> => {
  const page = await openPage(html, options)
  open.push(page)
  return page
}
afterEach(() => open.splice(0).forEach((page) => page.close()))

const FORM = `<h1>Lamp</h1><form action="/order" method="post"><label>Name <input name="name"></label><button>Send</button></form>`
/** Handles its own form, as most apps do. */
const handled = (page: OpenPage): { sent: FormData[] } => {
  const sent: FormData[] = []
  page.root.querySelector('form')?.addEventListener('submit', (event) => {
    event.preventDefault()
    sent.push(new FormData(event.target as HTMLFormElement))
  })
  return { sent }
}

testEnvironment('a page', {
  create: () => {
    const root = document.createElement('section')
    root.innerHTML = '<label>City <input></label>'
    document.body.append(root)
    const field = root.querySelector('input') as HTMLInputElement
    return pageEnvironment({ keep: false, root, prepare: () => void (field.value = ''), goalCheck: () => field.value === 'Oslo' })
  },
  goal: 'write Oslo',
  solution: ['scroll({"direction":"down"})', 'type({"ref":"e1","text":"Oslo"})'],
})

describe('an action', () => {
  test('is seen to have its effect, and the page is told as it is then', async () => {
    const page = await opened('<label>City <input></label>')
    const result = await page.act('type', { ref: page.ref('City'), text: 'Oslo' })
    expect(page.root.querySelector('input')?.value).toBe('Oslo')
    expect(result).toMatchObject({ done: false, success: false })
    expect(result.observation).toMatch(/City.*Oslo/)
    expect(page.asked).toEqual([])
  })

  test('that makes no sense, or names what is not there, is observed with the page below', async () => {
    const page = await opened('<button>Go</button>')
    for (const [verb, input] of [
      ['fly', {}],
      ['click', {}],
      ['click', { ref: 'e999' }],
      ['click', { ref: '__proto__' }],
    ] as const) {
      const { observation } = await page.act(verb, input)
      expect(observation).toMatch(/^[^\n]{10,}\n\nPage: /)
      expect(observation).toContain('Go')
    }
  })

  test('on what has gone since is told so, and nothing else is touched', async () => {
    const page = await opened('<button id="a">Open</button>')
    const ref = page.ref('Open')
    page.root.querySelector('button')?.remove()
    page.root.insertAdjacentHTML('beforeend', '<label>Something else <input></label>')
    expect((await page.act('click', { ref })).observation).toMatch(/^[^\n]*(gone|not|no longer)[^\n]*\n\nPage: /)
  })
})

describe('what is graver than filling', () => {
  test('is asked for with facts from the page, and done when allowed', async () => {
    const page = await opened(FORM)
    const { sent } = handled(page)
    await page.act('type', { ref: page.ref('Name'), text: 'Ann' })
    expect(page.asked).toEqual([])
    await page.act('click', { ref: page.ref('Send') })
    expect(page.asked).toMatchObject([{ effect: 'submit', details: { submits: { url: `${location.origin}/order`, method: 'post' } } }])
    expect(sent.map((data) => data.get('name'))).toEqual(['Ann'])
  })

  test('is not done when refused, which is observed', async () => {
    const page = await opened(FORM, { approve: () => false })
    const { sent } = handled(page)
    expect((await page.act('click', { ref: page.ref('Send') })).observation).toMatch(/refused/)
    expect((await page.act('press', { ref: page.ref('Name'), key: 'Enter' })).observation).toMatch(/refused/)
    expect(sent).toEqual([])
    expect(page.asked).toHaveLength(2)
  })

  test('is not asked for but refused where it leads out of the allowed origins', async () => {
    const page = await opened(
      '<a href="https://evil.example/?q=1">More</a><form action="https://evil.example/"><button>Send</button></form>',
    )
    const leave = (event: Event): void => event.preventDefault()
    page.root.addEventListener('click', leave)
    for (const name of ['More', 'Send']) expect((await page.act('click', { ref: page.ref(name) })).observation).toMatch(/Nothing was done/)
    expect(page.asked).toEqual([])
  })

  test('is not done where the element has changed what it does while a person was thinking', async () => {
    let form: HTMLFormElement | null = null
    const page = await opened(FORM, { approve: () => (form?.setAttribute('action', '/delete-everything'), true) })
    form = page.root.querySelector('form')
    const { sent } = handled(page)
    expect((await page.act('click', { ref: page.ref('Send') })).observation).toMatch(/changed what it would do/)
    expect(sent).toEqual([])
  })

  test('is what the host says it is, and a threshold of the host holds', async () => {
    const html = '<button type="button" id="a">Next step</button><button type="button" id="b">Other</button>'
    const page = await opened(html, { effects: [{ selector: '#a', effect: 'read' }] })
    await page.act('click', { ref: page.ref('Next step') })
    expect(page.asked).toEqual([])
    await page.act('click', { ref: page.ref('Other') })
    expect(page.asked).toMatchObject([{ effect: 'destructive' }])
    const free = await opened(FORM, { askAbove: 'navigate' })
    const { sent } = handled(free)
    await free.act('click', { ref: free.ref('Send') })
    expect([free.asked.length, sent.length]).toEqual([0, 1])
  })

  test('is asked for in its own turn where something harmless sets it off', async () => {
    for (const allowed of [false, true]) {
      const page = await opened(
        '<form action="/order" method="post"><select aria-label="City"><option>Rome<option>Oslo</select><button>Send</button></form>',
        {
          approve: () => allowed,
        },
      )
      const { sent } = handled(page)
      page.root.querySelector('select')?.addEventListener('change', ({ target }) => (target as HTMLSelectElement).form?.requestSubmit())
      const { observation } = await page.act('select', { ref: page.ref('City'), option: 'Oslo' })
      expect(page.asked).toMatchObject([{ effect: 'submit' }])
      expect(sent).toHaveLength(allowed ? 1 : 0)
      if (!allowed) expect(observation).toMatch(/held back/)
    }
  })
})

describe('the end of an episode', () => {
  test('without a check is the word of the agent alone, and said to be so', async () => {
    const page = await opened('<p>Success! Reward: 1</p>')
    expect(await page.act('wait', { seconds: 0 })).toMatchObject({ done: false, success: false })
    expect(await page.act('done', { answer: '42' })).toMatchObject({ done: true, success: true, judge: 'agent' })
  })

  test("is the host's check where there is one, after each action, with the agent's answer", async () => {
    const page = await opened('<label>City <input></label>', {
      goal: 'Oslo',
      goalCheck: ({ goal, root, answer, finished }) =>
        finished ? { done: true, success: answer === 'yes', reward: 0.5 } : root.querySelector('input')?.value === goal,
    })
    expect(await page.act('type', { ref: page.ref('City'), text: 'Rome' })).toMatchObject({ done: false })
    expect(await page.act('type', { ref: page.ref('City'), text: 'Oslo' })).toMatchObject({ done: true, success: true })
    expect(await page.act('done', { answer: 'no' })).toMatchObject({ done: true, success: false, reward: 0.5 })
    expect((await page.act('done', { answer: 'yes' })).judge).toBeUndefined()
  })

  test('a check that answers wrongly is a fault of the environment', async () => {
    const page = await opened('<p>a</p>', { goalCheck: () => 'yes' as unknown as boolean })
    await expect(page.act('wait', { seconds: 0 })).rejects.toMatchObject({ code: 'environment-failed' })
  })

  test('a question goes to the user where the host lets it', async () => {
    expect((await (await opened('<p>a</p>')).act('ask', { question: 'Which?' })).observation).toMatch(/Nobody can be asked/)
    const page = await opened('<p>a</p>', { answer: (question) => `${question} Both.` })
    expect((await page.act('ask', { question: 'Which?' })).observation).toMatch(/^The user answered "Which\? Both\."/)
  })
})

describe('secrets', () => {
  const LOGIN = `<form action="/login" method="post"><label>User <input name="user"></label>
    <label>Password <input type="password" name="pw" autocomplete="current-password"></label><button>Sign in</button></form>`
  const secrets = { bank: { value: 'S3cret-Value!', origin: location.origin, field: 'current-password' } }
  const type = (page: OpenPage, field: string, text: string): ReturnType<OpenPage['act']> =>
    page.act('type', { ref: page.ref(field), text })

  test('are filled in by name, asked for every time, and never seen', async () => {
    const page = await opened(LOGIN, { secrets })
    const { observation } = await type(page, 'Password', '{{secret:bank}}')
    expect(page.root.querySelector<HTMLInputElement>('[name=pw]')?.value).toBe('S3cret-Value!')
    expect(page.asked).toMatchObject([{ always: true, details: { secret: 'bank' } }])
    expect(observation + JSON.stringify(page.asked)).not.toContain('S3cret')
    page.root.insertAdjacentHTML('beforeend', '<p>Your password is S3cret-Value! (UzNjcmV0LVZhbHVlIQ)</p>')
    expect(page.environment.redact?.((await page.act('wait', { seconds: 0 })).observation)).not.toMatch(/S3cret|UzNjcmV0/)
  })

  test('go into no other field, no part of a text, and nowhere when refused', async () => {
    const page = await opened(LOGIN, { secrets, approve: () => false })
    for (const [field, text] of [
      ['User', '{{secret:bank}}'],
      ['Password', 'x{{secret:bank}}'],
      ['Password', '{{secret:__proto__}}'],
      ['Password', '{{secret:bank}}'],
    ] as const)
      expect((await type(page, field, text)).observation).toMatch(/secret|refused/)
    expect([...page.root.querySelectorAll('input')].map(({ value }) => value)).toEqual(['', ''])
    expect(page.asked).toHaveLength(1)
    const elsewhere = await opened(LOGIN, { secrets: { bank: { ...secrets.bank, origin: 'https://bank.example' } } })
    expect((await type(elsewhere, 'Password', '{{secret:bank}}')).observation).toMatch(/belongs to https:\/\/bank\.example/)
  })

  test('that the agent knows are out of every text from when it writes them', async () => {
    const page = await opened(LOGIN)
    const action = JSON.stringify({ tool: 'type', input: { ref: page.ref('Password'), text: 'hunter2-x' } })
    expect(page.environment.redact?.(action, 'action')).not.toContain('hunter2')
    await page.environment.step(action, { signal: new AbortController().signal, approve: () => Promise.resolve(false) })
    expect(page.root.querySelector<HTMLInputElement>('[name=pw]')?.value).toBe('hunter2-x')
    expect(page.environment.redact?.('I wrote hunter2-x')).not.toContain('hunter2')
  })

  test('that a person typed into a password field are in no observation', async () => {
    const page = await opened(LOGIN)
    for (const input of page.root.querySelectorAll('input')) input.value = 'typed-by-hand-1'
    page.root.insertAdjacentHTML('beforeend', '<p>Hello typed-by-hand-1</p>')
    const { observation } = await page.act('wait', { seconds: 0 })
    expect(page.environment.redact?.(observation)).not.toContain('typed-by-hand-1')
  })
})

describe('an abort', () => {
  test('stops before the next effect, also while a person is being asked', async () => {
    const controller = new AbortController()
    const page = await opened(FORM, { signal: controller.signal, approve: () => (controller.abort(), true) })
    const { sent } = handled(page)
    await expect(page.act('click', { ref: page.ref('Send') })).rejects.toMatchObject({ code: 'aborted' })
    expect(sent).toEqual([])
    await expect(page.act('click', { ref: page.ref('Send') })).rejects.toMatchObject({ code: 'aborted' })
  })
})

describe('options', () => {
  test.each([
    { root: 'body' },
    { origins: ['https://a.example/path'] },
    { origins: ['*'] },
    { effects: [{ selector: '][', effect: 'read' }] },
    { effects: [{ selector: 'a', effect: 'harmless' }] },
    { askAbove: 'never' },
    { redact: ['x'] },
    { secrets: { a: { value: '', origin: 'https://a.example', field: 'x' } } },
    { secrets: { 'a b': { value: 'x', origin: 'https://a.example', field: 'x' } } },
    { maxCharacters: 5 },
    { unknown: 1 },
  ])('%j are refused', (options) => {
    expect(() => pageEnvironment(options as never)).toThrow(expect.objectContaining({ code: 'invalid-options' }) as Error)
  })

  test('patterns of the host are taken out of everything', async () => {
    const page = await opened('<p>Case A-1234 of today</p>', { redact: [/A-\d{4}/] })
    expect(page.environment.redact?.(page.seen())).not.toContain('A-1234')
    expect(page.environment.redact?.('see A-1234')).not.toContain('A-1234')
  })
})

test('what history keeps of a page is what the action used, with the note above', async () => {
  const page = await opened(
    `<h2>Cart</h2><button>Other</button>${'<p>Long text about nothing at all.</p>'.repeat(30)}<label>City <input></label>`,
  )
  const { observation } = await page.act('type', { ref: page.ref('City'), text: 'Oslo' })
  const action = JSON.stringify({ tool: 'clear', input: { ref: refOf(observation, ['City']) } })
  const kept = page.environment.digest?.(observation, action) ?? ''
  expect(kept).toContain(observation.split('\n')[0] as string)
  expect(kept).toMatch(/\[e\d+\][^\n]*City/)
  expect(kept.length).toBeLessThan(observation.length / 2)
  expect(page.environment.digest?.(observation)?.length).toBeLessThanOrEqual(1500)
})

test('an answer for the run covers the same form, and no other', async () => {
  const page = await opened(`${FORM}<form action="/other" method="post"><button>Other</button></form>`)
  page.root.addEventListener('submit', (event) => event.preventDefault())
  for (const name of ['Send', 'Send', 'Other']) await page.act('click', { ref: page.ref(name) })
  const scopes = page.asked.map(({ scope }: ApprovalRequest) => scope)
  expect(scopes[0]).toBe(scopes[1])
  expect(scopes[2]).not.toBe(scopes[0])
})

test('a question names the element whole, in facts that a person can read', async () => {
  const page = await openPage('<form action="/order" method="post"><button>Send reply</button></form>', { approve: () => false })
  await page.act('click', { ref: page.ref('Send reply') })
  expect(page.asked[0]?.description).toContain('"Send reply"')
  expect(page.asked[0]?.details).toMatchObject({ element: { labels: expect.arrayContaining(['Send reply']) as string[] } })
  page.close()
})

test('a question says what would be sent, but for what is secret', async () => {
  const page = await openPage(
    `<form action="/order" method="post"><label>City <input name="city" value="Oslo"></label><input type="hidden" name="kind" value="gift">
    <label>Password <input type="password" name="pw" value="s3cret-pw"></label><label><input type="checkbox" name="no"> News</label><button>Send</button></form>`,
    { approve: () => false },
  )
  await page.act('click', { ref: page.ref('Send') })
  expect(page.asked[0]?.details).toMatchObject({ submits: { fields: ['City = "Oslo"', 'kind = "gift"', 'Password: filled in'] } })
  page.close()
})

test('a new episode begins with a first view, whatever was seen before', async () => {
  const page = await openPage('<h1>One</h1><button>Go</button>')
  const ref = page.ref('Go')
  page.root.querySelector('h1')?.replaceChildren('Two')
  const again = await page.environment.reset('h', { signal: new AbortController().signal })
  expect(again).toContain('First view of this page.')
  expect(again).toContain(`[${ref}]`)
  page.close()
})
