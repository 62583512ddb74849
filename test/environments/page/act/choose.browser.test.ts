import { expect, test } from 'vitest'
import { act, find, listen, said, show } from './stage.ts'

test('an option is chosen by its label or its value, and tells the page', async () => {
  show('<select><option value="de">Germany<option value="fr">  France\n </select>')
  const heard = listen(find('select'), 'input change')
  expect(said(await act('select', { verb: 'select', option: 'France' }))).toBe('The list holds "France".')
  expect(said(await act('select', { verb: 'select', option: 'de' }))).toBe('The list holds "Germany".')
  expect(said(await act('select', { verb: 'select', option: 'germany' }))).toBe('The list held it already: "Germany".')
  expect(heard).toEqual(['input', 'change', 'input', 'change'])
})

test('an option that is missing, disabled or not the only one of its name is a problem that lists what there is', async () => {
  show(`<select><option value="1">One<option value="2" disabled>Two<option value="3">Three<option value="4">Three
    <optgroup disabled><option>Four</optgroup></select><select id="long">${Array.from({ length: 50 }, (_, i) => `<option>o${i}`).join('')}</select>`)
  const first = find<HTMLSelectElement>('select')
  expect(said(await act(first, { verb: 'select', option: 'Five' }))).toBe(
    'problem: There is no option "Five". There are "One", "Three", "Three".',
  )
  expect(said(await act(first, { verb: 'select', option: 'Two' }))).toContain('The option "Two" is disabled.')
  expect(said(await act(first, { verb: 'select', option: 'Four' }))).toContain('The option "Four" is disabled.')
  expect(said(await act(first, { verb: 'select', option: 'Three' }))).toBe(
    'problem: 2 options are called "Three". Name one by its value: "3", "4".',
  )
  const long = said(await act('#long', { verb: 'select', option: 'x' }))
  expect([long.match(/"o\d+"/g)?.length, long.includes('and 30 more')]).toEqual([20, true])
  expect(first.value).toBe('1')
})

test('a list of several choices holds exactly those that were named', async () => {
  show('<select multiple><option selected>a<option>b<option>c</select>')
  expect(said(await act('select', { verb: 'select', option: ['b', 'c'] }))).toBe('The list holds "b", "c".')
  expect([...find<HTMLSelectElement>('select').selectedOptions].map(({ text }) => text)).toEqual(['b', 'c'])
  expect(said(await act('select', { verb: 'select', option: [] }))).toBe('The list holds nothing.')
  show('<select><option>a<option>b</select>')
  expect(said(await act('select', { verb: 'select', option: ['a', 'b'] }))).toContain('exactly one')
})

test('a page that puts the choice back is found out', async () => {
  show('<select><option>a<option>b</select><input type="checkbox"><button type="button" role="switch" aria-checked="false">s</button>')
  find('select').addEventListener('change', ({ target }) => ((target as HTMLSelectElement).value = 'a'))
  find('input').addEventListener('click', (event) => event.preventDefault())
  expect(said(await act('select', { verb: 'select', option: 'b' }))).toBe('problem: The page did not keep the choice: the list holds "a".')
  expect(said(await act('input', { verb: 'check', checked: true }))).toBe(
    'problem: The page did not let it change: it is not checked still.',
  )
  expect(said(await act('button', { verb: 'check', checked: true }))).toContain('did not let it change')
})

test('check brings about a state, and does nothing where it is there already', async () => {
  show(`<input type="checkbox" id="c"><div role="switch" tabindex="0" aria-checked="false" id="s">S</div>
    <input type="radio" name="r" id="r"><a href="#x" role="checkbox" aria-checked="false" id="link">L</a>`)
  find('#s').addEventListener('click', ({ target }) => (target as Element).setAttribute('aria-checked', 'true'))
  const clicks = listen(document, 'click')
  expect(said(await act('#c', { verb: 'check', checked: true }))).toBe('It is checked now.')
  expect(said(await act('#c', { verb: 'check', checked: true }))).toBe('It is checked already.')
  expect(said(await act('#s', { verb: 'check', checked: true }))).toBe('It is checked now.')
  expect(said(await act('#r', { verb: 'check', checked: true }))).toBe('It is checked now.')
  expect(said(await act('#r', { verb: 'check', checked: false }))).toContain('by checking another one')
  expect(said(await act('#link', { verb: 'check', checked: true }))).toContain('use click')
  expect(clicks.length).toBe(3)
})

test('what is no list and no checkbox says what to use', async () => {
  show('<div role="combobox" tabindex="0">x</div><button type="button">b</button>')
  expect(said(await act('div[role]', { verb: 'select', option: 'a' }))).toContain('click it, then click the option')
  expect(said(await act('button', { verb: 'check', checked: true }))).toContain('use click')
})
