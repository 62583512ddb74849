import { expect, test } from 'vitest'
import { claimElement, isOwnElement } from '../../src/security/own-elements.ts'

test('an element that was claimed, and all that is in it, is the library’s own; its neighbours are not', () => {
  const own = document.createElement('div')
  const inner = own.appendChild(document.createElement('p'))
  const deep = inner.attachShadow({ mode: 'closed' }).appendChild(document.createElement('b'))
  const parent = document.createElement('section')
  parent.append(own, document.createElement('i'))
  expect(isOwnElement(own)).toBe(false)
  claimElement(own)
  expect([own, inner, deep].map(isOwnElement)).toEqual([true, true, true])
  expect([parent, parent.lastElementChild].map((one) => one && isOwnElement(one))).toEqual([false, false])
})

test('an element of a frame, with classes of its own, is known, too', () => {
  const frame = document.body.appendChild(document.createElement('iframe'))
  const inside = frame.contentDocument?.createElement('div')
  if (inside) {
    claimElement(inside)
    const child = inside.attachShadow({ mode: 'open' }).appendChild(document.createElement('p'))
    expect(isOwnElement(child)).toBe(true)
  }
  frame.remove()
  expect.assertions(1)
})
