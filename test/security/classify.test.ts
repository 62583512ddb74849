import fc from 'fast-check'
import { expect, test } from 'vitest'
import { classify } from '../../src/security/classify.ts'
import { EFFECTS, exceeds, riskier } from '../../src/security/effects.ts'
import type { ElementFacts, FormFacts, LinkFacts } from '../../src/security/element-facts.ts'
import { createOrigins } from '../../src/security/origins.ts'

const origins = createOrigins('https://shop.example', ['https://pay.example'])

const button: ElementFacts = {
  verb: 'click',
  tag: 'button',
  role: 'button',
  type: 'button',
  labels: ['Save'],
  editable: false,
  sensitivity: null,
  opens: null,
  submits: null,
  discloses: false,
  scripted: false,
  key: null,
  declared: null,
}
const field: ElementFacts = { ...button, tag: 'input', role: 'textbox', type: 'text', editable: true, labels: ['Name'] }
const link = (facts: Partial<LinkFacts> = {}, element: Partial<ElementFacts> = {}): ElementFacts => ({
  ...button,
  tag: 'a',
  role: 'link',
  type: null,
  opens: { url: 'https://shop.example/help?q=1', fragment: false, download: false, newWindow: false, pings: [], ...facts },
  ...element,
})
const form = (facts: Partial<FormFacts> = {}, element: Partial<ElementFacts> = {}): ElementFacts => ({
  ...button,
  type: 'submit',
  submits: { url: 'https://shop.example/save', method: 'post', newWindow: false, sensitive: [], labels: [], ...facts },
  ...element,
})
const press = (key: string, facts: Partial<ElementFacts> = {}): ElementFacts => ({ ...field, ...facts, verb: 'press', key })
const body = { tag: 'body', role: null, type: null, editable: false, labels: [] }

const CASES: readonly (readonly [string, ElementFacts, string])[] = [
  ['pointing', { ...button, verb: 'hover', labels: ['Delete'] }, 'read'],
  ['scrolling', { ...button, verb: 'scroll' }, 'read'],
  ['waiting', { ...button, verb: 'wait' }, 'read'],
  ['going back', { ...button, verb: 'back' }, 'navigate'],
  ['typing', { ...field, verb: 'type' }, 'fill'],
  ['typing into a field of a form', { ...field, verb: 'type', submits: form().submits }, 'fill'],
  ['typing into a field that speaks of deleting', { ...field, verb: 'type', labels: ['Reason to delete, or pay'] }, 'fill'],
  ['emptying', { ...field, verb: 'clear' }, 'fill'],
  ['typing into a button', { ...button, verb: 'type' }, 'destructive'],
  ['choosing', { ...button, verb: 'select', tag: 'select', role: 'combobox', labels: ['How do you want to pay'] }, 'fill'],
  ['a radio button', { ...button, verb: 'check', tag: 'input', role: 'radio', type: 'radio', labels: ['Pay by invoice'] }, 'fill'],
  ['checking', { ...button, verb: 'check', tag: 'input', role: 'checkbox', type: 'checkbox', labels: ['Newsletter'] }, 'fill'],
  ['a switch that deletes', { ...button, verb: 'check', role: 'switch', labels: ['Delete after a day'] }, 'destructive'],
  ['checking what is a link', link({}, { verb: 'check', role: 'checkbox' }), 'navigate'],
  ['clicking into a field', field, 'fill'],
  ['clicking a checkbox', { ...button, tag: 'input', role: 'checkbox', type: 'checkbox' }, 'fill'],
  ['a button of a script', button, 'destructive'],
  ['a word with a handler', { ...button, tag: 'span', role: null, scripted: true }, 'destructive'],
  ['a word', { ...button, tag: 'p', role: null, type: null }, 'destructive'],
  ['a reset button', { ...button, type: 'reset' }, 'destructive'],
  ['a disclosure', { ...button, discloses: true }, 'read'],
  ['a disclosure that deletes', { ...button, discloses: true, labels: ['Delete account'] }, 'destructive'],
  ['a question that opens', { ...button, tag: 'summary', discloses: true, labels: ['How do I cancel my order?'] }, 'read'],
  ['a summary', { ...button, tag: 'summary', role: null }, 'read'],
  ['a tab', { ...button, role: 'tab' }, 'read'],
  ['a link', link(), 'navigate'],
  ['a link to another allowed origin', link({ url: 'https://pay.example/' }), 'navigate'],
  ['a link that deletes', link({}, { labels: ['Delete'] }), 'destructive'],
  ['a link to a place in the page', link({ url: 'https://shop.example/#faq', fragment: true }), 'read'],
  ['a link to nowhere', link({ url: 'https://shop.example/#', fragment: true }), 'destructive'],
  ['a link with a handler', link({ url: 'https://shop.example/#faq', fragment: true }, { scripted: true }), 'destructive'],
  ['a link that runs a script', link({ url: 'javascript:void(0)' }), 'destructive'],
  ['a download', link({ download: true }), 'navigate'],
  ['a link to a new window', link({ newWindow: true, fragment: true }), 'navigate'],
  ['a form', form(), 'submit'],
  ['a search', form({ method: 'get' }), 'submit'],
  ['a dialog', form({ method: 'dialog' }), 'destructive'],
  ['a form of a script', form({ url: 'javascript:send()' }), 'destructive'],
  ['a form with a card', form({ sensitive: ['card'] }), 'pay'],
  ['a form with a password', form({ sensitive: ['password'] }), 'submit'],
  ['a form whose button deletes', form({}, { labels: ['Delete'] }), 'destructive'],
  ['a form whose button pays', form({}, { labels: ['Pay now'] }), 'pay'],
  ['a form with a friendly button', form({ labels: ['Delete your account'] }, { labels: ['Continue'] }), 'destructive'],
  ['Enter in a field of a form', press('Enter', { submits: form().submits }), 'submit'],
  ['Enter in a field of a form with a card', press('Enter', { submits: form({ sensitive: ['card'] }).submits }), 'pay'],
  ['Enter on a link', link({}, { verb: 'press', key: 'Enter' }), 'navigate'],
  ['Enter in a field of no form', press('Enter'), 'destructive'],
  ['Shift+Enter in a field', press('Shift+Enter'), 'fill'],
  ['Control+Enter in a field', press('Control+Enter'), 'destructive'],
  ['Enter on a button', press('Enter', button), 'destructive'],
  ['Space on a summary', press(' ', { ...button, tag: 'summary' }), 'read'],
  ['Space on a checkbox', press(' ', { ...button, tag: 'input', type: 'checkbox' }), 'fill'],
  ['a letter in a field', press('x'), 'fill'],
  ['a plus in a field', press('+'), 'fill'],
  ['an emoji in a field', press('😀'), 'fill'],
  ['Delete in a field', press('Delete'), 'fill'],
  ['a letter outside', press('x', body), 'destructive'],
  ['Delete outside', press('Delete', body), 'destructive'],
  ['Backspace outside', press('Backspace', body), 'destructive'],
  ['a function key', press('F5', body), 'destructive'],
  ['Control+plus', press('Control++'), 'destructive'],
  ['Control+a in a field', press('Control+a'), 'read'],
  ['Control+s', press('Control+s', body), 'destructive'],
  ['Tab', press('Tab', body), 'read'],
  ['Escape', press('Escape'), 'read'],
  ['an arrow', press('ArrowDown', body), 'read'],
  ['an arrow in a choice', press('ArrowDown', { ...button, tag: 'select', role: 'combobox' }), 'fill'],
  ['no key', { ...press('x'), key: null }, 'destructive'],
  ['sending nothing known', { ...button, verb: 'submit' }, 'destructive'],
  ['leaving for nowhere known', { ...button, verb: 'navigate' }, 'destructive'],
]

test.each(CASES)('%s', (_, facts, effect) => {
  expect(classify(facts, origins)).toMatchObject({ effect })
  expect(classify(facts, origins).refused).toBeUndefined()
})

test.each<[string, ElementFacts, string]>([
  [
    'a link elsewhere',
    link({ url: 'https://evil.example/?d=secret' }),
    'The link leads to "https://evil.example", where this agent must not lead or send anything.',
  ],
  [
    'a ping elsewhere',
    link({ pings: ['https://shop.example/p', 'https://evil.example/p'] }),
    'The link would tell "https://evil.example" of the click',
  ],
  ['a ping from a place in the page', link({ fragment: true, pings: ['https://evil.example/p'] }), 'tell "https://evil.example"'],
  ['a form elsewhere', form({ url: 'https://evil.example/' }), 'The form would be sent to "https://evil.example"'],
  ['a fragment that is none', link({ url: 'https://evil.example/#a', fragment: true }), '"https://evil.example"'],
  ['a mail', link({ url: 'mailto:x@evil.example?body=secret' }), 'an address of the kind "mailto:"'],
  ['data', link({ url: 'data:text/html,x', download: true }), 'an address of the kind "data:"'],
  ['no address', link({ url: 'http://' }), 'an address that cannot be read'],
])('%s is refused, whatever the host declares', (_, facts, words) => {
  for (const declared of [null, ...EFFECTS]) {
    expect(classify({ ...facts, declared }, origins).refused).toContain(words)
    expect(classify({ ...facts, declared }, origins).refused).not.toContain('secret')
  }
})

test('what the host declares wins over the guess and over labels', () => {
  expect(classify({ ...button, labels: ['Delete'], declared: 'read' }, origins)).toMatchObject({ effect: 'read' })
  expect(classify({ ...field, verb: 'type', declared: 'pay' }, origins)).toMatchObject({ effect: 'pay' })
  expect(classify({ ...button, verb: 'hover', declared: 'pay' }, origins)).toMatchObject({ effect: 'read' })
})

test('reasons are words for a person', () => {
  expect(classify(form({ sensitive: ['card', 'password'], method: 'get', newWindow: true }, { labels: ['Pay'] }), origins).reasons).toEqual(
    [
      'it sends the form to "https://shop.example/save"',
      'the answer opens in another window',
      'the form has fields for a payment card, a password',
      'what is in them would stand in the address',
      'its label speaks of paying or ordering',
    ],
  )
})

const words = fc.oneof(fc.string(), fc.constantFrom('Delete', 'Pay now', 'Konto löschen', '支付', 'Save', 'How?', 'Order'))
const urls = fc.oneof(
  fc.constantFrom(
    'https://shop.example/a',
    'https://pay.example/#',
    'https://evil.example/',
    'javascript:x',
    'data:x',
    'about:invalid',
    'x',
  ),
  fc.webUrl(),
  fc.string(),
)
const anyLink = fc.record({
  url: urls,
  fragment: fc.boolean(),
  download: fc.boolean(),
  newWindow: fc.boolean(),
  pings: fc.array(urls, { maxLength: 2 }),
})
const sensitivity = fc.constantFrom('password', 'one-time-code', 'card', 'secret')
const anyForm = fc.record({
  url: urls,
  method: fc.constantFrom('get', 'post', 'dialog'),
  newWindow: fc.boolean(),
  sensitive: fc.array(sensitivity, { maxLength: 2 }),
  labels: fc.array(words, { maxLength: 2 }),
})
const anyFacts: fc.Arbitrary<ElementFacts> = fc.record({
  verb: fc.constantFrom('click', 'type', 'clear', 'select', 'check', 'press', 'hover', 'scroll', 'back', 'wait', 'submit', 'navigate'),
  tag: fc.oneof(fc.constantFrom('a', 'button', 'input', 'select', 'summary', 'div', 'textarea', 'form'), fc.string()),
  role: fc.oneof(fc.constantFrom('link', 'button', 'tab', 'radio', 'switch', 'textbox'), fc.string(), fc.constant(null)),
  type: fc.oneof(fc.constantFrom('submit', 'reset', 'checkbox', 'text'), fc.string(), fc.constant(null)),
  labels: fc.array(words, { maxLength: 3 }),
  editable: fc.boolean(),
  sensitivity: fc.option(sensitivity),
  opens: fc.option(anyLink),
  submits: fc.option(anyForm),
  discloses: fc.boolean(),
  scripted: fc.boolean(),
  key: fc.option(fc.oneof(fc.constantFrom('Enter', ' ', 'Control+Enter', 'Delete', 'Tab', 'x', '+'), fc.string())),
  declared: fc.option(fc.constantFrom(...EFFECTS)),
})

test('labels only ever raise an effect, and refuse nothing', () => {
  const unnamed = (facts: ElementFacts): ElementFacts => ({
    ...facts,
    labels: [],
    submits: facts.submits && { ...facts.submits, labels: [] },
  })
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const named = classify(facts, origins)
      const bare = classify(unnamed(facts), origins)
      expect(riskier(bare.effect, named.effect)).toBe(named.effect)
      expect(named.refused).toBe(bare.refused)
    }),
    { numRuns: 2000 },
  )
})

test('nothing declared lifts a refusal, and nothing else adds one', () => {
  fc.assert(
    fc.property(anyFacts, fc.constantFrom(...EFFECTS), (facts, declared) => {
      expect(classify({ ...facts, declared }, origins).refused).toBe(classify({ ...facts, declared: null }, origins).refused)
    }),
    { numRuns: 2000 },
  )
})

test('what is allowed and leads or sends somewhere, leads to an allowed origin or runs a script and is asked for', () => {
  const acting = anyFacts.filter(({ verb }) => !['hover', 'scroll', 'wait', 'back', 'type', 'clear'].includes(verb))
  fc.assert(
    fc.property(acting, (facts) => {
      const { refused, effect } = classify({ ...facts, declared: null }, origins)
      const targets = [...(facts.opens ? [facts.opens.url, ...facts.opens.pings] : []), ...(facts.submits ? [facts.submits.url] : [])]
      const escaping = targets.filter((url) => !origins.allows(url))
      if (refused === undefined && escaping.length > 0) expect(effect === 'destructive' || effect === 'pay').toBe(true)
      if (facts.submits && refused === undefined) expect(exceeds(effect, 'fill')).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('no reason and no refusal repeats what a label says', () => {
  const telling = fc.stringMatching(/^∎[a-z ]{0,9}∎$/)
  fc.assert(
    fc.property(anyFacts, telling, (facts, text) => {
      const labels = [text, `Delete ${text}`, `Pay ${text}`]
      const named = { ...facts, labels, submits: facts.submits && { ...facts.submits, labels } }
      expect(JSON.stringify(classify(named, origins))).not.toContain('∎')
    }),
  )
})
