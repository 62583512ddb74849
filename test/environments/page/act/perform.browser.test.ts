import { expect, test } from 'vitest'
import type { PageAct } from '../../../../src/environments/page/act/page-action.ts'
import { perform } from '../../../../src/environments/page/act/perform.ts'
import { factsOf } from '../../../../src/environments/page/act/facts-of.ts'
import { find, said, show } from './stage.ts'

const ref = 'e1'
const ACTS: readonly PageAct[] = [
  { verb: 'click', ref },
  { verb: 'type', ref, text: 'x\u0000\ud800' },
  { verb: 'clear', ref },
  { verb: 'select', ref, option: 'x' },
  { verb: 'check', ref, checked: true },
  { verb: 'press', ref, key: 'Enter' },
  { verb: 'press', ref, key: 'Tab' },
  { verb: 'press', ref, key: 'Escape' },
  { verb: 'press', ref, key: 'é' },
  { verb: 'hover', ref },
  { verb: 'scroll', ref },
  { verb: 'scroll', ref, direction: 'down' },
  { verb: 'wait', seconds: 0 },
]

test('no action on any element throws, and each is answered', async () => {
  const root =
    show(`<svg width="20" height="20"><circle r="5" tabindex="0"/><foreignObject><p>p</p></foreignObject></svg><math><mi>x</mi></math><x-y></x-y><x-closed></x-closed>
    <iframe sandbox srcdoc="x"></iframe><object></object><embed><meter></meter><progress></progress><canvas></canvas><video></video><audio controls></audio><map><area></map>
    <template><p>t</p></template><slot></slot><select></select><datalist><option>o</option></datalist><fieldset><legend>l</legend></fieldset><output></output><label for="none">l</label>
    <details></details><summary>s</summary><dialog>d</dialog><input type="hidden"><input type="image"><input type="button"><input type="reset"><table><tr><td>t</td></tr></table>
    <form><input name="dispatchEvent"><input name="focus"><input name="requestSubmit"><input name="elements"></form><br><wbr><a></a><style></style><script type="none"></script>`)
  for (const form of root.querySelectorAll('form')) form.addEventListener('submit', (event) => event.preventDefault())
  find('x-closed').attachShadow({ mode: 'closed' })
  const elements = [
    root,
    ...root.querySelectorAll('*'),
    document.createElement('p'),
    document.createElementNS('urn:x', 'y'),
    document.body,
    document.documentElement,
  ]
  const { signal } = new AbortController()
  for (const element of elements)
    for (const act of ACTS) {
      const outcome = await perform(act, element, { signal })
      expect(said(outcome).length).toBeGreaterThan(5)
      expect(said(outcome)).not.toContain('did not let this happen')
      expect(factsOf(element, act).verb).toBe(act.verb)
    }
})

test('an element that is in the page no more is answered by words', async () => {
  show('<button>b</button>')
  const button = find('button')
  button.remove()
  const outcome = await perform({ verb: 'click', ref }, button, { signal: new AbortController().signal })
  expect(said(outcome)).toBe('problem: The element is not in the page any more. Look at the page again.')
})
