import { expect, test } from 'vitest'
import { refOf, sandbox } from './sandbox.ts'

const gone = (ref: string) => ({ problem: expect.stringMatching(new RegExp(`^${ref} is gone`)) as string })

test('an element keeps its reference as long as it lives, whatever happens around it', async () => {
  const { root, viewer, look } = sandbox('<button>B</button>')
  const button = root.querySelector('button') as Element
  expect(await look()).toContain('[e1] button "B"')
  root.prepend(document.createElement('input'))
  button.textContent = 'Other'
  root.append(button)
  const view = await look()
  expect(view).toContain('[e1] button "Other"')
  expect(view).toContain('[e2] textbox')
  expect(viewer.resolve('e1')).toEqual({ element: button })
})

test('a redrawn element takes over the reference of the one it replaces', async () => {
  const html = '<h2>Order</h2><ul><li>Pen <button>Delete</button></li><li>Book <button>Delete</button></li></ul><a href="#x">More</a>'
  const { root, viewer, look } = sandbox(html)
  const before = await look()
  root.innerHTML = html
  expect(viewer.resolve('e1')).toEqual(gone('e1'))
  const view = await look()
  expect(view.slice(view.indexOf('=='))).toBe(before.slice(before.indexOf('==')))
  expect(view).toContain('Nothing changed')
  expect(viewer.resolve('e2')).toEqual({ element: root.querySelectorAll('button')[1] })
})

test('a reference never passes to the like element of another row', async () => {
  const { root, viewer, look } = sandbox('<ul><li>Pen <button>Delete</button></li><li>Book <button>Delete</button></li></ul>')
  await look()
  root.innerHTML = '<ul><li>Book <button>Delete</button></li></ul>'
  const view = await look()
  expect(refOf(view, '"Book"')).toBe('e2')
  expect(viewer.resolve('e1')).toEqual(gone('e1'))
  expect(viewer.resolve('e2')).toEqual({ element: root.querySelector('button') })
})

test('among equals of which some have gone nobody can tell which is which', async () => {
  const { root, viewer, look } = sandbox('<p><button>Delete</button></p><p><button>Delete</button></p><p><button>Delete</button></p>')
  await look()
  root.innerHTML = '<p><button>Delete</button></p><p><button>Delete</button></p>'
  const view = await look()
  expect(view).toContain('[e4] button "Delete"')
  expect(view).toContain('[e5] button "Delete"')
  for (const ref of ['e1', 'e2', 'e3'])
    expect(viewer.resolve(ref)).toEqual({
      problem: `${ref} is gone, and it is ambiguous what took its place. Like it are e4, e5: use the right one of them.`,
    })
})

test('an equal element that was there all along does not inherit', async () => {
  const { root, viewer, look } = sandbox('<button>Save</button><button>Save</button>')
  await look()
  root.querySelector('button')?.remove()
  const view = await look()
  expect(view).toContain('[e2] button "Save"')
  expect(view).not.toContain('[e1]')
  expect(viewer.resolve('e1')).toMatchObject({ problem: expect.stringContaining('ambiguous') as string })
})

test('a reference is not used again', async () => {
  const { root, look } = sandbox('<button>A</button>')
  await look()
  root.innerHTML = '<button>B</button>'
  expect(await look()).toContain('[e2] button "B"')
  root.innerHTML = '<button>C</button>'
  expect(await look()).toContain('[e3] button "C"')
})

test('an element that went out of the page and came back has its reference again', async () => {
  const { root, look } = sandbox('<button>A</button>')
  const button = root.querySelector('button') as Element
  await look()
  button.remove()
  await look()
  root.append(button)
  expect(await look()).toContain('[e1] button "A"')
})

test('what cannot be seen at this moment is told apart from what is gone', async () => {
  const { root, viewer, look } = sandbox('<div><button>A</button></div>')
  await look()
  const box = root.querySelector('div') as HTMLElement
  box.style.display = 'none'
  expect(viewer.resolve('e1')).toEqual({ problem: 'e1 is not visible at this moment.' })
  box.style.display = ''
  box.inert = true
  expect(viewer.resolve('e1')).toEqual({ problem: 'e1 is inert at this moment: it cannot be used.' })
  box.inert = false
  expect(viewer.resolve('e1')).toEqual({ element: root.querySelector('button') })
})

test('anything that is no reference is a problem, not an exception', async () => {
  const { viewer, look } = sandbox('<button>A</button>')
  await look()
  for (const ref of ['', 'e2', 'E1', '__proto__', 'constructor', '[e1]', 'e1'.repeat(5_000)]) {
    const found = viewer.resolve(ref)
    expect(found).toMatchObject({ problem: expect.stringContaining('No element is known') as string })
    expect('problem' in found && found.problem.length).toBeLessThan(200)
  }
})
