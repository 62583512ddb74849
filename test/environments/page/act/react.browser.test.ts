import { createElement as h, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, test } from 'vitest'
import { act, find, listen, said, show } from './stage.ts'

const changes: Record<string, number> = {}
const count = (name: string): void => void (changes[name] = (changes[name] ?? 0) + 1)

function Form(): unknown {
  const [state, set] = useState({ name: 'old', agree: false, color: 'red', size: 's', note: '' })
  const on = (field: string, read: (target: HTMLInputElement) => unknown) => ({
    onChange: ({ target }: { target: HTMLInputElement }) => {
      count(field)
      set({ ...state, [field]: read(target) })
    },
  })
  return h(
    'form',
    { onSubmit: (event: Event) => (event.preventDefault(), count('submit')) },
    h('input', { id: 'name', value: state.name, ...on('name', ({ value }) => value.toUpperCase()) }),
    h('input', { id: 'agree', type: 'checkbox', checked: state.agree, ...on('agree', ({ checked }) => checked) }),
    h(
      'select',
      { id: 'color', value: state.color, ...on('color', ({ value }) => value) },
      h('option', null, 'red'),
      h('option', null, 'green'),
    ),
    ['s', 'm'].map((size) =>
      h('input', { key: size, id: size, type: 'radio', name: 'size', checked: state.size === size, ...on('size', () => size) }),
    ),
    h('textarea', { id: 'note', value: state.note, ...on('note', ({ value }) => value) }),
    h('input', { id: 'frozen', value: 'fixed', onChange: () => count('frozen') }),
    h('button', { id: 'send', onMouseEnter: () => count('enter'), onFocus: () => count('focus') }, 'Send'),
    h('output', null, JSON.stringify(state)),
  )
}

test('controlled inputs of React hear each change once, and keep it', async () => {
  const root = createRoot(show('<div id="app"></div>').firstElementChild)
  root.render(h(Form))
  await expect.poll(() => document.querySelector('#name')).not.toBeNull()
  expect(said(await act('#name', { verb: 'type', text: 'ada' }))).toBe('The page changed what was typed: the field holds "ADA" now.')
  expect(said(await act('#agree', { verb: 'check', checked: true }))).toBe('It is checked now.')
  expect(said(await act('#color', { verb: 'select', option: 'green' }))).toBe('The list holds "green".')
  expect(said(await act('#m', { verb: 'check', checked: true }))).toBe('It is checked now.')
  expect(said(await act('#note', { verb: 'type', text: 'two\nlines' }))).toBe('The field holds "two\\nlines" now.')
  expect(said(await act('#frozen', { verb: 'type', text: 'x' }))).toBe(
    'problem: The page did not let the field change: it still holds "fixed".',
  )
  expect(said(await act('#send', { verb: 'click' }))).toBe('Clicked.')
  expect(JSON.parse(find('output').textContent)).toEqual({ name: 'ADA', agree: true, color: 'green', size: 'm', note: 'two\nlines' })
  expect(changes).toEqual({ name: 3, agree: 1, color: 1, size: 1, note: 1, frozen: 1, submit: 1, enter: 1, focus: 1 })
  expect(said(await act('#name', { verb: 'clear' }))).toBe('The field is empty now.')
  expect(said(await act('#name', { verb: 'press', key: 'Enter' }))).toBe('Pressed.')
  expect(changes['submit']).toBe(2)
  const heard = listen(document, 'click')
  root.unmount()
  expect(heard).toEqual([])
})
