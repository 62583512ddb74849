import { expect, test } from 'vitest'
import { factsOf } from '../../../../src/environments/page/act/facts-of.ts'
import type { DeclaredEffect } from '../../../../src/environments/page/act/facts-of.ts'
import type { ElementFacts } from '../../../../src/security/element-facts.ts'
import { find, show, showFrame } from './stage.ts'

const click = (on: string | Element, effects?: readonly DeclaredEffect[]): ElementFacts =>
  factsOf(typeof on === 'string' ? find(on) : on, { verb: 'click' }, effects)
const press = (on: string, key: string, effects?: readonly DeclaredEffect[]): ElementFacts =>
  factsOf(find(on), { verb: 'press', key }, effects)
const here = (path: string): string => new URL(path, document.baseURI).href

test('a word in a link is the link, with all that a click on it tells others', () => {
  show('<a href="https://evil.example/x" ping="/p https://spy.example/" target="_blank" download><b>Read <i>more</i></b></a>')
  expect(click('i')).toMatchObject({
    tag: 'a',
    role: 'link',
    labels: expect.arrayContaining(['Read more', 'more']) as unknown,
    opens: { url: 'https://evil.example/x', newWindow: true, download: true, fragment: false, pings: [here('/p'), 'https://spy.example/'] },
    submits: null,
  })
})

test('links of other kinds are links too', async () => {
  const root = show(`<svg><a href="/svg"><text y="20" id="t">t</text></a><a xlink:href="/old"><text id="o">o</text></a></svg>
    <map name="m"><area href="/area" shape="default"></map><a href="#part" id="f">f</a><a href="javascript:alert(1)" id="j">j</a><a href="http://[" id="bad">b</a><a id="no">n</a>`)
  expect([click('#t').opens?.url, click('area').opens?.url]).toEqual([here('/svg'), here('/area')])
  find('#o').parentElement?.setAttributeNS('http://www.w3.org/1999/xlink', 'href', '/old')
  expect(click('#o').opens?.url).toBe(here('/old'))
  expect(click('#f').opens).toMatchObject({ fragment: true })
  expect(click('#j').opens).toMatchObject({ url: 'javascript:alert(1)', fragment: false })
  expect(click('#bad').opens).toMatchObject({ url: 'about:invalid' })
  expect(click('#no').opens).toBeNull()
  const frame = await showFrame(
    '<base href="https://other.example/deep/" target="_blank"><a href="x">x</a><a href="#part" id="p">p</a>',
    root,
  )
  const inner = frame.contentDocument ?? document
  expect(click(find('a', inner)).opens).toMatchObject({ url: 'https://other.example/deep/x', newWindow: true })
})

test('a submit button tells of its form, its own attributes first', () => {
  show(`<form action="/send" method="post"><h2>Delivery</h2><label>Card <input autocomplete="cc-number"></label><input type="password">
    <button id="plain"><span>Go</span></button><button id="own" formaction="https://evil.example/" formmethod="get" formtarget="_blank">o</button>
    <button id="empty" formaction="">e</button><button type="button" id="none">n</button></form><form id="dialog" method="DIALOG"><input type="image" id="img"></form>`)
  expect(click('#plain span')).toMatchObject({
    tag: 'button',
    type: 'submit',
    submits: {
      url: here('/send'),
      method: 'post',
      newWindow: false,
      sensitive: ['card', 'password'],
      labels: expect.arrayContaining(['Delivery', 'Card']) as unknown,
    },
  })
  expect(click('#own').submits).toMatchObject({ url: 'https://evil.example/', method: 'get', newWindow: true })
  expect(click('#empty').submits?.url).toBe(document.URL)
  expect(click('#none').submits).toBeNull()
  expect(click('#img').submits?.method).toBe('dialog')
})

test('names of fields cannot lie about a form', () => {
  show(`<form id="f" action="https://evil.example/steal" method="post" target="_blank"><input name="action" value="/safe"><input name="method" value="get"><input name="target">
    <input name="elements"><input name="submit"><input name="getAttribute"><input name="matches"><input name="parentNode"><input name="ownerDocument"><input name="localName">
    <input name="baseURI"><input name="id"><input type="password" name="form"><button name="closest">Send</button></form>
    <img name="querySelectorAll"><img name="body"><img name="URL"><form name="createElement"></form><img name="defaultView"><img name="baseURI">`)
  expect(click('button').submits).toMatchObject({
    url: 'https://evil.example/steal',
    method: 'post',
    newWindow: true,
    sensitive: ['password'],
  })
  expect(factsOf(document.forms[0] ?? document.body, { verb: 'submit' }).submits).toMatchObject({ url: 'https://evil.example/steal' })
})

test('a button outside of its form, a label, and a slotted word lead to what they activate', () => {
  show(
    '<form id="f" action="/out"><input></form><button form="f" id="b">b</button><label id="l"><span>Tick</span><input type="checkbox"></label><x-link><em>go</em></x-link>',
  )
  expect(click('#b').submits?.url).toBe(here('/out'))
  expect(click('#l span')).toMatchObject({
    tag: 'input',
    type: 'checkbox',
    role: 'checkbox',
    labels: expect.arrayContaining(['Tick']) as unknown,
  })
  find('x-link').attachShadow({ mode: 'open' }).innerHTML = '<a href="/slot"><slot></slot></a>'
  expect(click('em').opens?.url).toBe(here('/slot'))
})

test('Enter in a field is its form, by the rules of the browser; other keys are not', () => {
  show(`<form action="/a"><input id="a"><button id="go" formaction="/go">g</button></form><form action="/b"><input id="b"></form><form action="/c"><input id="c"><input></form>
    <form action="/d"><input id="d"><button disabled>x</button></form><form action="/t"><textarea id="t"></textarea><button>x</button></form><a href="/l" id="l">l</a>`)
  expect(['a', 'b', 'c', 'd', 't'].map((id) => press(`#${id}`, 'Enter').submits?.url ?? null)).toEqual([
    here('/go'),
    here('/b'),
    null,
    null,
    null,
  ])
  expect([press('#a', 'x').submits, press('#a', 'Tab').submits, press('#l', 'Space').opens]).toEqual([null, null, null])
  expect([press('#go', 'Space').submits?.url, press('#l', 'Enter').opens?.url, press('#a', 'Shift+Enter').submits?.url]).toEqual([
    here('/go'),
    here('/l'),
    here('/go'),
  ])
  expect(press('#a', 'Control+Enter')).toMatchObject({ key: 'Control+Enter', editable: true })
})

test('what only shows and hides is told, and handlers that can be seen', () => {
  show(
    '<details><summary>s</summary></details><button type="button" aria-expanded="false" id="e">e</button><button type="button" onclick="0" id="h">h</button><div role="tab" id="t">t</div><button type="button" id="p">p</button>',
  )
  expect(['summary', '#e', '#h', '#t', '#p'].map((on) => click(on).discloses)).toEqual([true, true, false, true, false])
  expect([click('#h').scripted, click('#p').scripted]).toEqual([true, false])
  find('#p').onclick = () => undefined
  expect(click('#p').scripted).toBe(true)
})

test('the host has the last word, the nearest first, across shadow trees; of a form its button and itself', () => {
  show(
    '<main><div class="danger"><x-w></x-w></div><button type="button" class="danger calm" id="b">b</button></main><form class="shop"><input id="i"><button id="pay">p</button></form>',
  )
  find('x-w').attachShadow({ mode: 'open' }).innerHTML = '<button type="button">x</button>'
  const effects: DeclaredEffect[] = [
    { selector: 'main', effect: 'read' },
    { selector: '.danger', effect: 'destructive' },
    { selector: '.calm', effect: 'fill' },
    { selector: '#pay', effect: 'pay' },
    { selector: 'input', effect: 'read' },
  ]
  const inner = find('button', find('x-w').shadowRoot ?? document)
  expect([click(inner, effects).declared, click('#b', effects).declared, click('main', effects).declared]).toEqual([
    'destructive',
    'destructive',
    'read',
  ])
  expect([press('#i', 'Enter', effects).declared, factsOf(find('#i'), { verb: 'type' }, effects).declared]).toEqual(['pay', 'read'])
  expect(factsOf(find('form'), { verb: 'submit', submitter: find('#pay') }, effects).declared).toBe('pay')
})

test('a whole page is nothing that names what is done to it', () => {
  show(`<p>Delete your account</p>${'<p>text</p>'.repeat(100)}`)
  expect(factsOf(document.body, { verb: 'press', key: 'Escape' }).labels.join(' ')).not.toContain('Delete')
  expect(click('p').labels).toEqual(['Delete your account'])
})

test('sensitive fields are known as such', () => {
  show('<input type="password" id="a"><input autocomplete="one-time-code" id="b"><input id="c" name="city">')
  expect(['#a', '#b', '#c'].map((on) => factsOf(find(on), { verb: 'type' }).sensitivity)).toEqual(['password', 'one-time-code', null])
})
