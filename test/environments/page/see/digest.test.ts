import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestPage } from '../../../../src/environments/page/see/digest.ts'

const VIEW = `Page: "Shop"
Address: https://shop.example/basket
Changed:
new: status: "Added."
== navigation
[e1] link "Home"
== main
# "Basket"
"Two things"
## "Pens"
"Pen" | [e2] button "Remove"
"Other pen" | [e12] button "Remove"
## "Payment"
[e3] button "Pay"
… 12 more lines`

test('without an action the digest is title, address, changes, landmarks and headings', () => {
  expect(digestPage(VIEW)).toBe(`Page: "Shop"
Address: https://shop.example/basket
Changed:
new: status: "Added."
== navigation
== main
# "Basket"
## "Pens"
## "Payment"`)
})

test('with an action the lines that it names are kept, below their headings', () => {
  const digest = digestPage(VIEW, 'click({"ref":"e12"})')
  expect(digest).toContain('== main\n# "Basket"\n## "Pens"\n"Other pen" | [e12] button "Remove"\n== navigation\n## "Payment"')
  expect(digest).not.toContain('[e2]')
  expect(digestPage(VIEW, 'type({"ref":"e3","text":"e1"})')).toContain('[e3] button "Pay"')
  expect(digestPage(VIEW, 'wait({})')).toBe(digestPage(VIEW))
})

test('a reference within a long line is kept with what stands around it', () => {
  const line = `"${'x'.repeat(500)}" [e7] link "here" "and more"`
  expect(digestPage(`Page: "P"\n== main\n${line}`, 'click({"ref":"e7"})')).toContain('[e7] link "here"')
})

test('digests keep to their lengths and never throw, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 4_000 }), fc.option(fc.string(), { nil: undefined }), fc.boolean(), (text, action, isView) => {
      const digest = digestPage(isView ? `Page: "${text}\n== ${text}` : text, action)
      expect(digest.length).toBeLessThanOrEqual(action === undefined ? 1_000 : 1_500)
    }),
  )
})

test('a text that is no view comes back, shortened where it is long', () => {
  expect(digestPage('The run began.')).toBe('The run began.')
  expect(digestPage('x'.repeat(5_000))).toHaveLength(1_000)
  expect(digestPage('x'.repeat(5_000), 'click({"ref":"e1"})')).toHaveLength(1_500)
})

test('long views take time in proportion to their length', () => {
  const huge = `Page: "P"\n== main\n${`# "${'h'.repeat(40)}"\n[e1] link "x" ${'['.repeat(50)}\n`.repeat(20_000)}`
  expect(digestPage(huge, 'click({"ref":"e1"})').length).toBeLessThanOrEqual(1_500)
})
