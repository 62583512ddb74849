import { expect, test } from 'vitest'
import { settle } from '../../../../src/environments/page/act/settle.ts'
import { claimElement } from '../../../../src/security/own-elements.ts'
import { act, find, said, show, showFrame } from './stage.ts'

const { signal } = new AbortController()
const later = (ms: number, change: () => void): void => void setTimeout(change, ms)

test('a page at rest has settled after the quiet time', async () => {
  const root = show('<p>still</p>')
  expect(await settle(root, { signal, quietMs: 30 })).toMatchObject({ settled: true, busy: null })
})

test('changes in shadow trees and frames put it off', async () => {
  const root = show('<x-s></x-s>')
  const shadow = find('x-s').attachShadow({ mode: 'open' })
  const frame = await showFrame('<p>f</p>', root)
  const done: string[] = []
  later(60, () => (shadow.append('one'), done.push('shadow')))
  later(160, () => (frame.contentDocument?.body.append('two'), done.push('frame')))
  expect(await settle(root, { signal, quietMs: 150 })).toMatchObject({ settled: true })
  expect(done).toEqual(['shadow', 'frame'])
})

test('a page that says it is busy, and one that never rests, are waited for no longer than told', async () => {
  const root = show('<div aria-busy="true" style="height:10px">loading</div>')
  expect(await settle(root, { signal, quietMs: 20, timeoutMs: 120 })).toMatchObject({ settled: false, busy: 'loading' })
  later(50, () => find('[aria-busy]').removeAttribute('aria-busy'))
  expect(await settle(root, { signal, quietMs: 20 })).toMatchObject({ settled: true })
  const ticking = setInterval(() => root.append('.'), 10)
  expect(await settle(root, { signal, quietMs: 50, timeoutMs: 150 })).toMatchObject({ settled: false, busy: 'changing' })
  clearInterval(ticking)
})

test('passing animations are waited for, endless ones are not, and this library itself is no change', async () => {
  const root = show('<p id="a">a</p><p id="b">b</p><div id="own"></div>')
  find('#b').animate([{ opacity: 0.5 }, { opacity: 1 }], { duration: 100, iterations: Infinity })
  const own = find('#own')
  claimElement(own)
  const ticking = setInterval(() => own.append('.'), 5)
  const passing = find('#a').animate([{ opacity: 0 }, { opacity: 1 }], { duration: 200 })
  expect(await settle(root, { signal, quietMs: 40 })).toMatchObject({ settled: true })
  expect(passing.playState).toBe('finished')
  clearInterval(ticking)
})

test('an abort ends the waiting', async () => {
  const root = show('<p>x</p>')
  const controller = new AbortController()
  later(20, () => controller.abort())
  expect(await settle(root, { signal: controller.signal, quietMs: 60_000, timeoutMs: 60_000 })).toMatchObject({
    settled: false,
    busy: null,
  })
})

test('back goes to what the page showed before, and only where there is something of its own', async () => {
  const root = show('<div></div>')
  const frame = document.createElement('iframe')
  frame.src = URL.createObjectURL(new Blob(['<p>x</p>'], { type: 'text/html' }))
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  root.append(frame)
  await loaded
  await new Promise((resolve) => setTimeout(resolve, 50))
  const inner = frame.contentWindow as Window
  expect(said(await act(find('p', inner.document), { verb: 'back' }))).toBe('problem: There is no page of this site to go back to.')
  inner.location.hash = 'there'
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(said(await act(find('p', inner.document), { verb: 'back' }))).toBe('Went back.')
  expect(inner.location.hash).toBe('')
})

test('wait ends with the first change, or when its time is over', async () => {
  const root = show('<p>x</p>')
  later(30, () => root.append('more'))
  expect(said(await act('p', { verb: 'wait', seconds: 10 }))).toMatch(/^Something changed after \d\.\d s\.$/)
  expect(said(await act('p', { verb: 'wait', seconds: 0.05 }))).toBe('Nothing changed in 0.1 s.')
  const controller = new AbortController()
  later(20, () => controller.abort())
  expect(said(await act('p', { verb: 'wait' }, controller.signal))).toBe('problem: Stopped while waiting.')
})
