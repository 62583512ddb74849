/** Markup that means to break what looks at it, or to lead somewhere by a detour. */
import { afterEach, expect, test } from 'vitest'
import { claimElement } from '../../../src/security/own-elements.ts'
import { openPage, type OpenPage, type OpenPageOptions } from './page-setup.ts'

const open: OpenPage[] = []
const opened = async (html: string, options?: OpenPageOptions): Promise<OpenPage> => {
  const page = await openPage(html, options)
  open.push(page)
  return page
}
afterEach(() => open.splice(0).forEach((page) => page.close()))

test('a form whose fields have the names of properties hangs nothing', async () => {
  claimElement(document.createElement('div'))
  const names = ['parentNode', 'host', 'mode', 'isConnected', 'ownerDocument', 'getRootNode', 'matches', 'elements', 'submit', 'closest']
  const page = await opened(
    `<form action="/a" id="f">${names.map((name) => `<input name="${name}" aria-label="${name}">`).join('')}<button>Send</button></form>`,
  )
  page.root.addEventListener('submit', (event) => event.preventDefault())
  page.root.querySelector<HTMLElement>('input')?.focus()
  await page.act('press', { key: 'Tab' })
  await page.act('type', { ref: page.ref('"parentNode"'), text: 'x' })
  await page.act('click', { ref: page.ref('Send') })
  expect(page.asked).toMatchObject([{ effect: 'submit', details: { submits: { url: `${location.origin}/a` } } }])
})

test('pictures with the names of methods break nothing', async () => {
  const names = [
    'addEventListener',
    'getSelection',
    'execCommand',
    'createElement',
    'elementsFromPoint',
    'body',
    'activeElement',
    'querySelectorAll',
    'getAnimations',
    'createTreeWalker',
    'defaultView',
    'documentElement',
    'createTextNode',
    'head',
    'implementation',
  ]
  const page = await opened(
    `<div hidden>${names.map((name) => `<img name="${name}">`).join('')}</div><div contenteditable aria-label="Text" role="textbox">a</div><button type="button">Go</button><select aria-label="List"><option>One<option>Two</select>`,
  )
  for (const [verb, input] of [
    ['type', { ref: page.ref('Text'), text: 'b' }],
    ['press', { ref: page.ref('Text'), key: 'Control+a' }],
    ['select', { ref: page.ref('List'), option: 'Two' }],
    ['press', { key: 'Escape' }],
    ['scroll', { direction: 'down' }],
    ['click', { ref: page.ref('Go') }],
  ] as const)
    expect((await page.act(verb, input)).observation).not.toMatch(/^[^\n]*did not let/)
  expect(page.root.querySelector('[contenteditable]')?.textContent).toBe('b')
})

/** Addresses that links opened elsewhere, or told of a click; nothing is really opened. */
function clicksOf(page: OpenPage): { reached: string[] } {
  const reached: string[] = []
  page.root.addEventListener('click', (event) => {
    const link = event.composedPath().find((at) => (at as Element).localName === 'a')
    if (link && !event.defaultPrevented) reached.push(String((link as Element).getAttribute('href')))
    event.preventDefault()
  })
  return { reached }
}

test.each([
  ['a button', '<button type="button" aria-expanded="false">More</button>', 'click'],
  ['a list', '<select aria-label="More"><option>a<option>b</select>', 'click'],
  ['a field', '<input aria-label="More">', 'click'],
  ['a summary', '<details><summary>More</summary>x</details>', 'click'],
])('%s in a link that leads outside, or tells others of a click, leads nowhere', async (_, inner, verb) => {
  for (const attributes of [
    'href="https://evil.example/a" target="_blank"',
    'href="#x" ping="https://evil.example/p"',
    'href="#x" attributionsrc="https://evil.example/p"',
  ]) {
    const page = await opened(`<a ${attributes}>${inner}</a>`)
    const { reached } = clicksOf(page)
    const refs = page
      .seen()
      .split('\n')
      .filter((line) => line.includes('More'))
      .flatMap((line) => /\[(e\d+)\]/.exec(line)?.[1] ?? [])
    expect(refs.length).toBeGreaterThan(0)
    for (const ref of refs) await page.act(verb, verb === 'check' ? { ref, checked: true } : { ref })
    expect(reached).toEqual([])
    expect(page.asked).toEqual([])
    page.close()
  }
})

test('a link of a drawing leads where its animation says', async () => {
  const page = await opened(
    '<svg width="200" height="50" role="img"><a href="/safe" target="_blank"><animate attributeName="href" to="https://evil.example/" fill="freeze" dur="0.01s"/><text y="30">Picture</text></a></svg>',
  )
  const { reached } = clicksOf(page)
  await new Promise((resolve) => setTimeout(resolve, 100))
  await page.act('wait', { seconds: 0 })
  expect((await page.act('click', { ref: page.ref('Picture') })).observation).toMatch(/Nothing was done/)
  expect([page.asked.length, reached.length]).toEqual([0, 0])
})

test('a label leads to no field outside of the part of the page that is the agent’s', async () => {
  const outside = document.createElement('div')
  outside.innerHTML = '<input id="review-outside"><input type="checkbox" id="review-box">'
  document.body.append(outside)
  const page = await opened(
    '<p><label for="review-outside" tabindex="0" style="cursor:pointer">City</label></p><p><label for="review-box" tabindex="0">News</label></p>',
  )
  for (const ref of new Set(page.seen().match(/(?<=\[)e\d+(?=\])/g))) {
    await page.act('type', { ref, text: 'Oslo' })
    await page.act('check', { ref, checked: true })
    await page.act('click', { ref })
  }
  expect(page.seen()).toMatch(/\[e\d+\][^\n]*News/)
  const [text, box] = outside.querySelectorAll('input')
  expect([text?.value, box?.checked]).toEqual(['', false])
  outside.remove()
})
