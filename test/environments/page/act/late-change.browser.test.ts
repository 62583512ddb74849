/** What listens to `change` may send a form: it is told while the act is watched, never later. */
import { expect, test } from 'vitest'
import { openPage } from '../page-setup.ts'

const FORM = '<form action="/auto" method="post"><label>City <input name="city"></label></form><label>Other <input></label>'

test.each(['type', 'clear', 'press'])(
  'a form that is sent when its field changes is held and asked for after %s, and nothing comes later',
  async (verb) => {
    const page = await openPage(FORM, { approve: () => false })
    const field = page.root.querySelector<HTMLInputElement>('[name=city]') as HTMLInputElement
    field.value = 'Rome'
    let sent = 0
    field.addEventListener('change', () => field.form?.requestSubmit())
    field.form?.addEventListener('submit', (event) => (event.preventDefault(), sent++))
    const input = { type: { text: 'Oslo' }, clear: {}, press: { key: 'a' } }[verb]
    await page.act('wait', { seconds: 0 })
    await page.act(verb, { ref: page.ref('City'), ...input })
    expect(page.asked.map(({ effect }) => effect)).toEqual(['submit'])
    field.blur()
    await page.act('type', { ref: page.ref('Other'), text: 'x' })
    window.dispatchEvent(new Event('blur'))
    expect([sent, page.asked.length]).toEqual([0, 1])
    page.close()
  },
)

test('a field is told of its change once, when the act has ended', async () => {
  const page = await openPage(FORM)
  const changes: string[] = []
  page.root.addEventListener('change', ({ target }) => changes.push((target as HTMLInputElement).value))
  await page.act('type', { ref: page.ref('City'), text: 'Oslo' })
  expect(changes).toEqual(['Oslo'])
  await page.act('type', { ref: page.ref('Other'), text: 'x' })
  expect(changes).toEqual(['Oslo', 'x'])
  page.close()
})
