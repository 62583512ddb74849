import { expect, test } from 'vitest'
import { act, find, listen, said, show, showFrame } from './stage.ts'

const SEQUENCE =
  'pointerover pointerenter mouseover mouseenter pointermove mousemove pointerdown mousedown focus pointerup mouseup click pointerout mouseout'

test('a click is the events of a mouse in their order, with places, buttons and counts', async () => {
  show('<button type="button" style="margin:20px">Go <b>there</b></button>')
  const button = find('button')
  const heard = listen(button, SEQUENCE)
  const events: MouseEvent[] = []
  for (const type of ['mousedown', 'mouseup', 'click']) button.addEventListener(type, (event) => events.push(event as MouseEvent))
  expect(said(await act('button', { verb: 'click' }))).toBe('Clicked.')
  expect(heard.join(' ')).toBe(
    'pointerover pointerenter mouseover mouseenter pointermove mousemove pointerdown mousedown focus pointerup mouseup click',
  )
  const box = button.getBoundingClientRect()
  for (const event of events) {
    expect(event.clientX > box.left && event.clientX < box.right && event.clientY > box.top && event.clientY < box.bottom).toBe(true)
    expect(event).toMatchObject({ bubbles: true, composed: true, cancelable: true, detail: 1, button: 0 })
    expect(event.view === window).toBe(true)
  }
  expect(document.activeElement).toBe(button)
})

test('the pointer leaves what it was over before', async () => {
  show('<button id="a" type="button">A</button><button id="b" type="button">B</button>')
  const heard = listen(find('#a'), 'mouseleave pointerout click')
  await act('#a', { verb: 'hover' })
  await act('#b', { verb: 'hover' })
  expect(heard).toEqual(['pointerout', 'mouseleave'])
})

test('a prevented pointerdown keeps the mouse events away, a prevented mousedown the focus', async () => {
  show('<button id="a" type="button">A</button><button id="b" type="button">B</button>')
  find('#a').addEventListener('pointerdown', (event) => event.preventDefault())
  find('#b').addEventListener('mousedown', (event) => event.preventDefault())
  const a = listen(find('#a'), 'mousedown mouseup click focus')
  const b = listen(find('#b'), 'mousedown mouseup click focus')
  await act('#a', { verb: 'click' })
  await act('#b', { verb: 'click' })
  expect(a).toEqual(['click'])
  expect(b).toEqual(['mousedown', 'mouseup', 'click'])
})

test('what is disabled, inert, hidden or covered is not clicked, and the answer says why', async () => {
  show(`<button id="a" disabled>A</button>
    <fieldset disabled><legend><button id="ok" type="button">L</button></legend><button id="b">B</button></fieldset>
    <div inert><button id="c">C</button></div>
    <div role="button" id="d" aria-disabled="true">D</div>
    <button id="e" style="display:none">E</button>
    <div style="position:relative"><button id="f">F</button><div role="dialog" aria-label="Cookies" style="position:absolute;inset:0;background:#fff">x</div></div>`)
  const clicks = listen(document, 'click')
  const answers = []
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) answers.push(said(await act(`#${id}`, { verb: 'click' })))
  expect(answers).toEqual([
    'problem: The element is disabled.',
    'problem: The element is disabled.',
    'problem: The element is in a part of the page that is inert now.',
    'problem: The element is disabled.',
    'problem: The element is not visible now.',
    'problem: The element is covered by something else (dialog "Cookies").',
  ])
  expect(clicks).toEqual([])
  expect(said(await act('#ok', { verb: 'click' }))).toBe('Clicked.')
})

test('what is out of view is scrolled into it, in containers too', async () => {
  show(`<div style="height:100px;overflow:auto"><div style="height:900px"></div><button type="button">Deep</button></div><div style="height:3000px"></div>
    <button id="far" type="button">Far</button>`)
  const clicks = listen(document, 'click')
  await act('button', { verb: 'click' })
  await act('#far', { verb: 'click' })
  expect(clicks).toEqual(['click', 'click'])
})

test('a click on an element never becomes a click on a link within it', async () => {
  show('<div id="card" tabindex="0" style="width:200px"><a href="#away" style="display:block;height:80px">all of it</a></div>')
  const link = listen(find('a'), 'click')
  const card = listen(find('#card'), 'click')
  expect(said(await act('#card', { verb: 'click' }))).toBe('Clicked.')
  expect([link, card]).toEqual([[], ['click']])
})

test('a click on an element never goes to another control or handler within it', async () => {
  const big = 'style="display:block;height:60px"'
  show(
    `<div id="a" tabindex="0" onclick="0"><span role="button" ${big}>Delete</span></div><div id="b" tabindex="0"><span onclick="0" ${big}>Delete</span></div>`,
  )
  const inner = [...document.querySelectorAll('[data-stage] span')].map((span) => listen(span, 'pointerdown click'))
  const outer = ['#a', '#b'].map((on) => listen(find(on), 'click'))
  await act('#a', { verb: 'click' })
  await act('#b', { verb: 'click' })
  expect([inner, outer]).toEqual([
    [[], []],
    [['click'], ['click']],
  ])
})

test('labels, checkboxes, radio buttons and summaries do what they do for a person', async () => {
  show(`<label id="l"><input type="checkbox" id="c"> Agree</label>
    <label><input type="radio" name="r" id="r1" checked>1</label><label><input type="radio" name="r" id="r2">2</label>
    <details><summary>More</summary>text</details>
    <style>.toggle input { position: absolute; opacity: 0; width: 0; height: 0 }</style><label class="toggle"><input type="checkbox" id="t"><span>Switch</span></label>`)
  await act('#l', { verb: 'click' })
  expect(find<HTMLInputElement>('#c').checked).toBe(true)
  expect(said(await act('#r2', { verb: 'click' }))).toBe('Clicked. It is checked now.')
  expect(find<HTMLInputElement>('#r1').checked).toBe(false)
  expect(said(await act('summary', { verb: 'click' }))).toBe('Clicked. It is open now.')
  expect(said(await act('#t', { verb: 'click' }))).toBe('Clicked. It is checked now.')
})

test('files and options are for other means than clicks', async () => {
  show('<label id="l">File <input type="file"></label><select size="2"><option>a</option></select>')
  expect(said(await act('#l', { verb: 'click' }))).toBe('problem: The element asks for a file, which only a person can choose.')
  expect(said(await act('option', { verb: 'click' }))).toBe('problem: The element is an option of a list: use select.')
})

test('what cannot be opened by a script says what to use instead', async () => {
  show('<select><option>a</option></select><input type="date">')
  expect(said(await act('select', { verb: 'click' }))).toContain('use select')
  expect(said(await act('input', { verb: 'click' }))).toContain('use type')
})

test('an element that goes away while it is pressed gets no click', async () => {
  show('<button type="button">Go</button>')
  const clicks = listen(document, 'click')
  find('button').addEventListener('mousedown', ({ target }) => (target as Element).remove())
  expect(said(await act('button', { verb: 'click' }))).toContain('took the element away')
  expect(clicks).toEqual([])
})

test('a button that becomes a submit button while it is pressed is not clicked', async () => {
  show('<div id="card">Read more</div>')
  const clicks = listen(document, 'click')
  find('#card').addEventListener('mousedown', ({ target }) => {
    const link = document.createElement('a')
    link.href = 'https://evil.example/'
    ;(target as Element).replaceWith(link)
    link.append(target as Element)
  })
  expect(said(await act('#card', { verb: 'click' }))).toContain('in the place of the element')
  expect(clicks).toEqual([])
})

test('an abort stops before the next event, at once', async () => {
  show('<button type="button">Go</button>')
  const heard = listen(find('button'), SEQUENCE)
  const controller = new AbortController()
  find('button').addEventListener('pointerdown', () => controller.abort())
  expect(said(await act('button', { verb: 'click' }, controller.signal))).toContain('Stopped')
  expect(heard.at(-1)).toBe('pointerdown')
  const before = heard.length
  expect(said(await act('button', { verb: 'click' }, controller.signal))).toContain('Stopped')
  expect(heard.length).toBe(before)
})

test('in shadow trees and slots the innermost is hit, and events leave the tree', async () => {
  show('<x-host></x-host>')
  const root = find('x-host').attachShadow({ mode: 'open' })
  root.innerHTML = '<div><button type="button"><slot></slot></button></div>'
  find('x-host').textContent = 'slotted'
  const inside = listen(find('button', root), 'click')
  const outside = listen(document, 'click')
  await act(find('button', root), { verb: 'click' })
  expect([inside, outside]).toEqual([['click'], ['click']])
  expect(root.activeElement).toBe(find('button', root))
})

test('in a frame events are of its realm and at its own places; what covers the frame is in the way', async () => {
  const root = show('<div style="height:50px"></div>')
  const frame = await showFrame('<button type="button">In</button>', root)
  const inner = frame.contentWindow as Window & typeof globalThis
  const button = find('button', frame.contentDocument ?? document)
  const views: unknown[] = []
  button.addEventListener('click', (event) => views.push(event instanceof inner.MouseEvent, event.view === inner, event.clientY < 50))
  expect(said(await act(button, { verb: 'click' }))).toBe('Clicked.')
  expect(views).toEqual([true, true, true])
  root.insertAdjacentHTML('beforeend', '<div style="position:fixed;inset:0;background:#fff"></div>')
  expect(said(await act(button, { verb: 'click' }))).toContain('covered by something else')
})

test('a form whose fields shadow its properties is clicked all the same', async () => {
  show(
    '<form><input name="getAttribute"><input name="ownerDocument"><input name="isConnected"><input name="parentNode"><input name="closest"><p id="p" tabindex="0">Here</p></form>',
  )
  const heard = listen(find('#p'), 'click')
  expect(said(await act('#p', { verb: 'click' }))).toBe('Clicked.')
  expect(said(await act('form', { verb: 'hover' }))).toBe('The pointer is over it.')
  expect(heard).toEqual(['click'])
})
