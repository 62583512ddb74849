import { expect, test } from 'vitest'
import { keyTarget } from '../../../../src/environments/page/act/press.ts'
import { claimElement } from '../../../../src/security/own-elements.ts'
import { act, find, listen, said, show } from './stage.ts'

/** Forms that were sent, by which button. */
function sent(): string[] {
  const log: string[] = []
  for (const form of document.querySelectorAll('form'))
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      log.push(`${form.id}:${event.submitter?.id ?? ''}`)
    })
  return log
}
const press = (on: string, key: string): Promise<unknown> => act(on, { verb: 'press', key })

test('Enter in a field sends its form through the default button, or as forms without one are sent', async () => {
  show(`<form id="a"><input id="a1"><input id="a2"><button type="button">no</button><button id="send">s</button><button id="other">o</button></form>
    <form id="b"><input id="b1"></form><form id="c"><input id="c1"><input></form>
    <form id="d"><input id="d1"><button disabled>s</button></form><button form="e" id="outside">s</button><form id="e"><input id="e1"><input type="checkbox" id="e2"></form>
    <form id="f"><textarea id="f1"></textarea><button>s</button></form>`)
  const log = sent()
  const clicks = listen(find('#send'), 'click')
  for (const id of ['a1', 'b1', 'c1', 'd1', 'e1', 'e2', 'f1']) await press(`#${id}`, 'Enter')
  expect(log).toEqual(['a:send', 'b:', 'e:outside', 'e:outside'])
  expect(clicks).toEqual(['click'])
  expect([find<HTMLTextAreaElement>('#f1').value, find<HTMLInputElement>('#e2').checked]).toEqual(['\n', false])
})

test('Enter tells of a change before it sends, and a prevented keydown sends nothing', async () => {
  show('<form id="a"><input id="i"><button id="s">s</button></form>')
  const log = sent()
  const heard = listen(find('form'), 'change submit')
  await act('#i', { verb: 'type', text: 'x' })
  await press('#i', 'Enter')
  expect(heard).toEqual(['change', 'submit'])
  find('#i').addEventListener('keydown', (event) => event.preventDefault())
  expect(said(await act('#i', { verb: 'press', key: 'Enter' }))).toContain('the page dealt with the key itself')
  expect(log.length).toBe(1)
})

test('Enter and Space activate buttons, links, checkboxes and summaries as they do for a person', async () => {
  show(
    '<button type="button" id="b">b</button><a href="#there" id="a">a</a><input type="checkbox" id="c"><details><summary>s</summary>x</details>',
  )
  const clicks: string[] = []
  document.addEventListener('click', ({ target, detail }) => clicks.push(`${(target as Element).localName}${detail}`))
  for (const key of ['Enter', 'Space']) for (const on of ['#b', '#a', '#c', 'summary']) await press(on, key)
  expect(clicks).toEqual(['button0', 'a0', 'summary0', 'button0', 'input0', 'summary0'])
  expect(find<HTMLInputElement>('#c').checked).toBe(true)
})

test('a chord is sent with its modifiers around it', async () => {
  show('<input value="text">')
  const log: string[] = []
  for (const type of ['keydown', 'keyup', 'keypress'])
    find('input').addEventListener(type, (event) => {
      const { key, code, keyCode, ctrlKey, shiftKey } = event as KeyboardEvent
      log.push([event.type, key, code, keyCode, ctrlKey && 'ctrl', shiftKey && 'shift'].filter(Boolean).join(' '))
    })
  await press('input', 'Ctrl+a')
  expect(log).toEqual(['keydown Control ControlLeft 17', 'keydown a KeyA 65 ctrl', 'keyup a KeyA 65 ctrl', 'keyup Control ControlLeft 17'])
  await press('input', 'x')
  expect(find<HTMLInputElement>('input').value).toBe('x')
  await press('input', 'Backspace')
  expect(find<HTMLInputElement>('input').value).toBe('')
})

test('Tab moves the focus in the order of the page, through shadow trees, past what cannot have it', async () => {
  show(
    `<input id="a"><input disabled><button style="display:none">h</button><x-tab></x-tab><div tabindex="-1">n</div><input id="z"><input id="first" tabindex="1">`,
  )
  const shadow = find('x-tab').attachShadow({ mode: 'open' })
  shadow.innerHTML = '<button id="in">in</button>'
  await press('#a', 'Tab')
  expect(shadow.activeElement?.id).toBe('in')
  await act(find('#in', shadow), { verb: 'press', key: 'Tab' })
  expect(document.activeElement?.id).toBe('z')
  await press('#first', 'Tab')
  expect(document.activeElement?.id).toBe('a')
  await press('#z', 'Shift+Tab')
  expect(document.activeElement?.localName).toBe('x-tab')
})

test('arrows go through radio groups, lists, sliders and numbers', async () => {
  show(`<form><input type="radio" name="r" id="r1" checked><input type="radio" name="r" id="r2"><input type="radio" name="r" disabled></form>
    <select><option>a<option disabled>b<option>c</select><input type="range" id="s" value="50"><input type="number" id="n" value="1">`)
  const heard = listen(document, 'input change')
  await press('#r1', 'ArrowDown')
  expect([find<HTMLInputElement>('#r2').checked, document.activeElement?.id]).toEqual([true, 'r2'])
  await press('#r2', 'ArrowDown')
  expect(find<HTMLInputElement>('#r1').checked).toBe(true)
  await press('select', 'ArrowDown')
  await press('#s', 'ArrowRight')
  await press('#n', 'ArrowUp')
  expect([find<HTMLSelectElement>('select').value, find<HTMLInputElement>('#s').value, find<HTMLInputElement>('#n').value]).toEqual([
    'c',
    '51',
    '2',
  ])
  expect(heard.filter((type) => type === 'input').length).toBe(5)
})

test('Escape closes the topmost dialog or popover, unless the page wants it open', async () => {
  show(
    '<dialog id="a"><button id="in">x</button></dialog><dialog id="b"><button id="stay">x</button></dialog><div popover id="p">pop</div>',
  )
  find<HTMLDialogElement>('#a').showModal()
  const heard = listen(find('#a'), 'cancel close')
  expect(said(await act('#in', { verb: 'press', key: 'Escape' }))).toBe('Pressed. The dialog is closed.')
  await expect.poll(() => heard).toEqual(['cancel', 'close'])
  find<HTMLDialogElement>('#b').showModal()
  find('#b').addEventListener('cancel', (event) => event.preventDefault())
  await press('#stay', 'Esc')
  expect(find<HTMLDialogElement>('#b').open).toBe(true)
  find<HTMLDialogElement>('#b').close()
  find('#p').showPopover()
  expect(said(await act(document.body, { verb: 'press', key: 'Escape' }))).toBe('Pressed. The popover is closed.')
})

test('keys in editable parts write there', async () => {
  show('<div contenteditable="true">ab</div>')
  const host = find('[contenteditable]')
  host.focus()
  getSelection()?.selectAllChildren(host)
  getSelection()?.collapseToEnd()
  await press('[contenteditable]', 'c')
  expect(host.textContent).toBe('abc')
  await press('[contenteditable]', 'Enter')
  expect(host.children.length).toBeGreaterThan(0)
})

test('a key that does not exist is a problem', async () => {
  show('<input>')
  const heard = listen(find('input'), 'keydown')
  expect(said(await act('input', { verb: 'press', key: 'Hyper+x' }))).toContain('There is no key "Hyper+x"')
  expect(said(await act('input', { verb: 'press', key: 'Entr' }))).toContain('Keys are single characters and Enter, Escape, Tab')
  expect(heard).toEqual([])
})

test('a key without a place goes to the focus, and never to what belongs to this library', async () => {
  show('<input id="page"><div id="panel"><input id="own"></div>')
  claimElement(find('#panel'))
  find('#page').focus()
  expect(keyTarget(document).id).toBe('page')
  find('#own').focus()
  expect(keyTarget(document)).toBe(document.body)
  expect(said(await act('#own', { verb: 'type', text: 'yes' }))).toBe('problem: This element is not part of the page.')
})

test('scrolling says whether there is more', async () => {
  show(
    '<div id="box" style="height:100px;overflow:auto"><div style="height:250px"><p id="in">x</p></div></div><div style="height:3000px"></div><p id="end">end</p>',
  )
  expect(said(await act('#in', { verb: 'scroll', direction: 'down' }))).toBe('Scrolled down.')
  expect(said(await act('#in', { verb: 'scroll', direction: 'bottom' }))).toBe('Scrolled to the bottom. This is the end.')
  expect(find('#box').scrollTop).toBeGreaterThan(100)
  expect(said(await act('#end', { verb: 'scroll' }))).toBe('It is in view now.')
  expect(scrollY).toBeGreaterThan(1000)
  expect(said(await act(document.body, { verb: 'scroll', direction: 'left' }))).toContain('any further')
  scrollTo(0, 0)
})
