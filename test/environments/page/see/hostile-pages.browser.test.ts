import { expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

test('fields and pictures that hide properties of forms and documents change nothing', async () => {
  const names = [
    'children',
    'childNodes',
    'firstChild',
    'nextSibling',
    'parentNode',
    'nodeType',
    'getAttribute',
    'hasAttribute',
    'localName',
  ]
  const more = [
    'tagName',
    'attributes',
    'style',
    'shadowRoot',
    'textContent',
    'ownerDocument',
    'matches',
    'checkVisibility',
    'isConnected',
    'labels',
  ]
  const fields = [...names, ...more].map((name) => `<input name="${name}" id="${name}" value="v">`).join('')
  const images = [
    'documentElement',
    'body',
    'defaultView',
    'getElementById',
    'elementsFromPoint',
    'activeElement',
    'title',
    'nodeType',
    'createRange',
  ]
  const { look } = sandbox(
    `<form aria-labelledby="t">${fields}<h2 id="t">Form</h2><button>Send</button></form><p hidden>gone</p>
     ${images.map((name) => `<img name="${name}" id="${name}" alt=""><form name="${name}"></form>`).join('')}
     <button aria-labelledby="firstChild getElementById"><svg width="20" height="20"></svg></button>`,
  )
  const view = await look()
  expect(view).toContain('== form "Form"')
  expect(view).toContain('button "Send"')
  expect(view.match(/textbox/g)).toHaveLength(names.length + more.length)
  expect(view).not.toContain('gone')
})

test('names that refer to one another in circles end', async () => {
  const { look } = sandbox(
    '<button id="a" aria-labelledby="b a"><svg width="9" height="9"></svg></button><button id="b" aria-labelledby="a b" aria-owns="a"><svg width="9" height="9"></svg></button>',
  )
  expect(await look()).toContain('[e2] button')
})

test('a text of ten megabytes is told by its beginning and its length', async () => {
  const { root, look } = sandbox('<h1>Top</h1><pre></pre><textarea></textarea><button>End</button>')
  ;(root.querySelector('pre') as Element).textContent = 'lorem ipsum\n'.repeat(870_000)
  ;(root.querySelector('textarea') as HTMLTextAreaElement).value = 'x'.repeat(1_000_000)
  const view = await look()
  expect(view.length).toBeLessThan(4_000)
  expect(view).toContain('# "Top"')
  expect(view).toContain('lorem ipsum')
  expect(view).toContain('(10440000 characters)')
  expect(view).toContain('button "End"')
})

test('nesting of any depth is read', async () => {
  for (const [depth, open, close] of [
    [300, '<div>', '</div>'],
    [300, '<div style="overflow:auto;position:relative">', '</div>'],
    [200, '<span role="button">', '</span>'],
    [100, '<div style="background:linear-gradient(#fff,#eee);background-clip:text">', '</div>'],
  ] as const)
    expect(await sandbox(`${open.repeat(depth)}deep down${close.repeat(depth)}`).look()).toContain('deep down')
})

test('nesting that no parser makes is read, too', async () => {
  const { root, look } = sandbox('')
  let at: Element = root
  for (let depth = 0; depth < 700; depth++) at = at.appendChild(document.createElement('div'))
  at.textContent = 'at the bottom'
  expect(await look()).toContain('at the bottom')
  root.remove()
})

test('a base, unknown elements and odd roles do no harm', async () => {
  const { look } = sandbox(
    `<base href="https://elsewhere.example/"><x-thing role="BUTTON link">Thing</x-thing><div role="constructor">a</div><div role="none">b</div>
     <h1 role="presentation">c</h1><div role="heading" aria-level="99">d</div><div role="heading" aria-level="-1">e</div><a>f</a>`,
  )
  const view = await look()
  document.querySelector('base')?.remove()
  expect(view).toContain('[e1] button "Thing"')
  expect(view).toContain('###### "d"')
  expect(view).toContain('# "e"')
})

test('a frame that goes away while the page is read ends nothing', async () => {
  const { root, look } = sandbox(
    `<iframe srcdoc="${'<p>x</p>'.repeat(2_000)}" style="width:300px;height:200px"></iframe>${'<p>y</p>'.repeat(2_000)}`,
  )
  await new Promise((resolve) => setTimeout(resolve, 200))
  const view = look()
  setTimeout(() => root.querySelector('iframe')?.remove(), 1)
  expect(await view).toContain('"y"')
})

test('a page that never stops changing is read all the same', async () => {
  const { root, look } = sandbox(`<p id="clock">0</p>${'<p>still</p>'.repeat(1_500)}`)
  const clock = root.querySelector('#clock') as Element
  const timer = setInterval(() => (clock.textContent = String(Math.random())), 1)
  expect(await look()).toContain('"still"')
  clearInterval(timer)
})
