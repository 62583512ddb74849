import { expect, test } from 'vitest'
import { act, find, listen, said, show, showFrame } from './stage.ts'

const value = (selector: string): string => find<HTMLInputElement>(selector).value

test('text replaces what a field holds, key by key, and the note says what it holds then', async () => {
  show('<input value="old">')
  const heard = listen(find('input'), 'focus keydown keypress beforeinput input keyup change')
  expect(said(await act('input', { verb: 'type', text: 'hi' }))).toBe('The field holds "hi" now.')
  expect(heard.join(' ')).toBe('focus keydown keypress beforeinput input keyup keydown keypress beforeinput input keyup change')
  expect(value('input')).toBe('hi')
})

test('change comes at the end of the act, once, and only where something changed', async () => {
  show('<input id="a"><input id="b" value="same"><button type="button">x</button>')
  const a = listen(find('#a'), 'change blur')
  const b = listen(find('#b'), 'change blur')
  await act('#a', { verb: 'type', text: 'x' })
  expect(a).toEqual(['change'])
  await act('#b', { verb: 'type', text: 'same' })
  expect(a).toEqual(['change', 'blur'])
  expect(said(await act('button', { verb: 'click' }))).toBe('Clicked.')
  expect(b).toEqual(['blur'])
})

test('the events of input say what was typed, as those of a browser do', async () => {
  show('<textarea></textarea>')
  const data: unknown[] = []
  for (const type of ['beforeinput', 'input'])
    find('textarea').addEventListener(type, (event) =>
      data.push([type, (event as InputEvent).data, (event as InputEvent).inputType, event.cancelable]),
    )
  await act('textarea', { verb: 'type', text: 'é' })
  expect(data).toEqual([
    ['beforeinput', 'é', 'insertText', true],
    ['input', 'é', 'insertText', false],
  ])
})

test('long texts and those of several lines go in at once, and never press Enter', async () => {
  show('<textarea></textarea>')
  const keys: string[] = []
  find('textarea').addEventListener('keydown', ({ key }) => keys.push(key))
  const heard = listen(find('textarea'), 'input')
  await act('textarea', { verb: 'type', text: 'one\ntwo' })
  await act('textarea', { verb: 'type', text: 'x'.repeat(5000) })
  expect([value('textarea').length, heard.length, keys]).toEqual([5000, 2, ['Unidentified', 'Unidentified']])
})

test('what a page prevents is not typed, and the answer says so', async () => {
  show('<input id="a"><input id="b">')
  find('#a').addEventListener('beforeinput', (event) => event.preventDefault())
  find('#b').addEventListener('keydown', (event) => /\d/.test(event.key) || event.preventDefault())
  expect(said(await act('#a', { verb: 'type', text: 'x' }))).toBe('problem: The page did not let the field change: it still is empty.')
  expect(said(await act('#b', { verb: 'type', text: 'a1b2' }))).toBe('The page changed what was typed: the field holds "12" now.')
})

test('a mask that rewrites each input gets each key', async () => {
  show('<input>')
  find('input').addEventListener('input', ({ target }) => {
    const field = target as HTMLInputElement
    const digits = field.value.replace(/\D/g, '').slice(0, 10)
    field.value = digits.length > 6 ? `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}` : digits
  })
  expect(said(await act('input', { verb: 'type', text: '5551234567' }))).toBe(
    'The page changed what was typed: the field holds "(555) 123-4567" now.',
  )
})

test('a listener in the way of Vue sees every value', async () => {
  show('<input id="v"><select id="s"><option>a<option>b</select><input type="checkbox" id="c"><output></output>')
  const model: Record<string, unknown> = {}
  find('#v').addEventListener('input', ({ target }) => (model['v'] = (target as HTMLInputElement).value))
  find('#s').addEventListener('change', ({ target }) => (model['s'] = (target as HTMLSelectElement).value))
  find('#c').addEventListener('change', ({ target }) => (model['c'] = (target as HTMLInputElement).checked))
  await act('#v', { verb: 'type', text: 'vue' })
  await act('#s', { verb: 'select', option: 'b' })
  await act('#c', { verb: 'check', checked: true })
  expect(model).toEqual({ v: 'vue', s: 'b', c: true })
})

test.each([
  ['number', '12.5', '12.5'],
  ['date', '2026-01-31', '2026-01-31'],
  ['time', '14:05', '14:05'],
  ['month', '2026-02', '2026-02'],
  ['week', '2026-W05', '2026-W05'],
  ['datetime-local', '2026-01-31T14:05', '2026-01-31T14:05'],
  ['color', '#FF8800', '#ff8800'],
  ['range', '30', '30'],
  ['email', 'a@b.example', 'a@b.example'],
  ['search', 'find', 'find'],
])('a field of type %s takes %s', async (type, text, holds) => {
  show(`<input type="${type}">`)
  const heard = listen(find('input'), 'input')
  const outcome = await act('input', { verb: 'type', text })
  expect([outcome.ok, value('input'), heard.includes('input')]).toEqual([true, holds, true])
  await act('input', { verb: 'type', text })
  expect(value('input')).toBe(holds)
})

test.each([
  ['date', '2026-13-45', 'a date that exists, as 2026-01-31'],
  ['date', '31.01.2026', 'a date that exists'],
  ['number', 'twelve', 'a number, as 12.5'],
  ['time', '2 pm', 'a time, as 14:05'],
  ['color', 'red', 'a color, as #ff8800'],
  ['range', '500', 'a number from 0 to 100'],
])('a field of type %s refuses %s and says how to write it', async (type, text, format) => {
  show(`<input type="${type}">`)
  const before = value('input')
  expect(said(await act('input', { verb: 'type', text }))).toContain(`problem: The field takes ${format}`)
  expect(value('input')).toBe(before)
})

test('limits of a field are told before anything is typed', async () => {
  show(`<input id="a" maxlength="3"><input id="b" readonly value="r"><input id="c" disabled><input id="d" type="checkbox"><input id="e" type="file">
    <select id="f"></select><p id="g">text</p><input id="h" type="number" min="1" max="5">`)
  const answers = []
  for (const id of 'abcdefg') answers.push(said(await act(`#${id}`, { verb: 'type', text: 'four' })))
  expect(answers).toEqual([
    'problem: The element takes 3 characters at most, and these are 4.',
    'problem: The element can only be read.',
    'problem: The element is disabled.',
    'problem: The element is not for text: use check.',
    'problem: The element takes files, which only a person can choose.',
    'problem: The element is a list: use select.',
    'problem: The element is no field that takes text.',
  ])
  expect(said(await act('#h', { verb: 'type', text: '9' }))).toContain('The field says: ')
})

test('clear empties a field and says so', async () => {
  show('<input value="x"><div contenteditable>rich</div>')
  const heard = listen(find('input'), 'input')
  expect(said(await act('input', { verb: 'clear' }))).toBe('The field is empty now.')
  expect(said(await act('[contenteditable]', { verb: 'clear' }))).toBe('The field is empty now.')
  expect([value('input'), heard, find('[contenteditable]').textContent]).toEqual(['', ['input'], ''])
})

test('values that nobody may read are in no answer', async () => {
  show('<input id="a" type="password"><input id="b" autocomplete="cc-number"><input id="c"><input id="d" type="password">')
  find('#d').addEventListener('input', ({ target }) => ((target as HTMLInputElement).value = 'other-s3cret'))
  const answers = [
    said(await act('#a', { verb: 'type', text: 's3cret' })),
    said(await act('#b', { verb: 'type', text: '4111 1111' })),
    said(await act('#c', { verb: 'type', text: 's3cret' }, undefined, true)),
    said(await act('#d', { verb: 'type', text: 's3cret' })),
  ]
  expect(answers).toEqual([
    'The field is filled.',
    'The field is filled.',
    'The field is filled.',
    'The page changed what was typed: the field holds something else now.',
  ])
})

test('no message that quotes a secret is repeated, nor what an editor holds of one', async () => {
  show('<input type="email"><div contenteditable="true"></div>')
  const answers = [
    said(await act('input', { verb: 'type', text: 's3cret' }, undefined, true)),
    said(await act('div[contenteditable]', { verb: 'type', text: 's3cret' }, undefined, true)),
  ]
  expect(answers.filter((answer) => answer.includes('s3cret'))).toEqual([])
  expect(find('[contenteditable]').textContent).toBe('s3cret')
})

test('an editor in a shadow tree is written to, and nothing is where the focus is taken elsewhere', async () => {
  show('<x-ed></x-ed><div contenteditable="true" id="a"></div><div contenteditable="true" id="b"></div>')
  const shadow = find('x-ed').attachShadow({ mode: 'open' })
  shadow.innerHTML = '<div contenteditable="true">old</div>'
  expect(said(await act(find('div', shadow), { verb: 'type', text: 'new' }))).toBe('The field holds "new" now.')
  find('#a').addEventListener('keydown', () => find('#b').focus())
  await act('#a', { verb: 'type', text: 'for a alone' })
  expect([find('#a').textContent, find('#b').textContent]).toEqual(['', ''])
})

test('editable parts of a page are written by the browser, and tell of it', async () => {
  show('<div contenteditable="true"><p>old <b id="b">text</b></p></div>')
  const heard = listen(find('[contenteditable]'), 'beforeinput input')
  expect(said(await act('#b', { verb: 'type', text: 'new text' }))).toBe('The field holds "new text" now.')
  expect(heard).toContain('input')
  expect(heard[0]).toBe('beforeinput')
})

test('an editor that writes by itself on beforeinput is left to it', async () => {
  show('<div contenteditable="true">old</div>')
  find('[contenteditable]').addEventListener('beforeinput', (event) => {
    event.preventDefault()
    ;(event.target as Element).textContent = (event as InputEvent).data?.toUpperCase() ?? ''
  })
  expect(said(await act('[contenteditable]', { verb: 'type', text: 'new' }))).toBe(
    'The page changed what was typed: the field holds "NEW" now.',
  )
})

test('a label stands for its field, and frames and shadow trees are typed into as well', async () => {
  const root = show('<label id="l">Name <input id="n"></label><x-field></x-field>')
  await act('#l', { verb: 'type', text: 'Ada' })
  expect(value('#n')).toBe('Ada')
  const shadow = find('x-field').attachShadow({ mode: 'open' })
  shadow.innerHTML = '<input>'
  const heard = listen(document, 'input')
  expect(said(await act(find('input', shadow), { verb: 'type', text: 'in' }))).toBe('The field holds "in" now.')
  expect(heard.length).toBe(2)
  const frame = await showFrame('<input id="f">', root)
  const field = find<HTMLInputElement>('#f', frame.contentDocument ?? document)
  const realms: boolean[] = []
  field.addEventListener('input', (event) => realms.push(event instanceof (frame.contentWindow as Window & typeof globalThis).InputEvent))
  expect(said(await act(field, { verb: 'type', text: 'fr' }))).toBe('The field holds "fr" now.')
  expect(realms).toEqual([true, true])
})

test('an abort between two keys stops there', async () => {
  show('<input>')
  const controller = new AbortController()
  find('input').addEventListener('input', ({ target }) => (target as HTMLInputElement).value === 'ab' && controller.abort())
  expect(said(await act('input', { verb: 'type', text: 'abcdef' }, controller.signal))).toContain('Stopped')
  expect(value('input')).toBe('ab')
})

test('acting leaves elements, prototypes and the window as they were', async () => {
  show(
    '<form><input id="i"><input type="checkbox" id="c"><select><option>a<option>b</select><textarea></textarea><button type="button">x</button></form>',
  )
  const parts = [...document.querySelectorAll('form, form *')]
  const prototypes = [
    HTMLInputElement,
    HTMLTextAreaElement,
    HTMLSelectElement,
    HTMLFormElement,
    HTMLElement,
    Element,
    Node,
    EventTarget,
    Document,
    History,
  ]
  const own = (): unknown => [
    parts.map((part) => Reflect.ownKeys(part)),
    prototypes.map(({ prototype }) =>
      Object.entries(Object.getOwnPropertyDescriptors(prototype)).map(([name, { get, set, value: held }]) => [name, get, set, held]),
    ),
    Reflect.ownKeys(window).filter((key) => !/^\d+$/.test(String(key))),
    [window.fetch, window.open, window.alert, history.pushState, XMLHttpRequest.prototype.send],
  ]
  const before = own()
  await act('#i', { verb: 'type', text: 'x' })
  await act('#c', { verb: 'check', checked: true })
  await act('select', { verb: 'select', option: 'b' })
  await act('textarea', { verb: 'type', text: 'y' })
  await act('button', { verb: 'click' })
  await act('#i', { verb: 'press', key: 'Tab' })
  expect(own()).toEqual(before)
})
