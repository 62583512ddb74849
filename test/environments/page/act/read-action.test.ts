import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VERBS } from '../../../../src/environments/page/act/page-action.ts'
import { pageActionsSchema, readAction } from '../../../../src/environments/page/act/read-action.ts'
import { schemaCheck } from '../../../../src/util/schema/schema-check.ts'

test('an action is read in both ways to write it', () => {
  const click = { ok: true, action: { verb: 'click', ref: 'e12' } }
  expect(readAction('click({"ref":"e12"})')).toEqual(click)
  expect(readAction('{"tool":"click","input":{"ref":"e12"}}')).toEqual(click)
  expect(readAction('```json\n{"tool":"click","input":{"ref":"[e12]"}}\n```')).toEqual(click)
})

test('every verb is read with all that it takes', () => {
  const written = [
    'type({"ref":"e1","text":"hello"})',
    'clear({"ref":"e1"})',
    'select({"ref":"e1","option":["a","b"]})',
    'check({"ref":"e1","checked":false})',
    'press({"key":"Control+a","ref":"e1"})',
    'press({"key":"Enter"})',
    'hover({"ref":"e1"})',
    'scroll({"direction":"down"})',
    'scroll({"ref":"e1"})',
    'back()',
    'wait()',
    'wait({"seconds":2})',
    'done({"answer":"42"})',
    'done()',
    'ask({"question":"Which one?"})',
  ]
  expect(written.map(readAction).filter(({ ok }) => !ok)).toEqual([])
})

test.each([
  ['', 'The action is empty.'],
  ['I will click the button', 'is not a tool call'],
  ['explode({"ref":"e1"})', 'There is no action "explode". There are click, type,'],
  ['constructor({})', 'There is no action "constructor"'],
  ['__proto__({})', 'There is no action "__proto__"'],
  ['click({})', 'click needs ref. Write it as click({"ref": "e12"}).'],
  ['click({"ref":"#buy"})', 'must be an element as the page shows it, e.g. "e12"'],
  ['click({"ref":"e1","force":true})', 'click: the value has unknown fields: force.'],
  ['type({"ref":"e1"})', 'type needs text. Write it as type({"ref": "e12", "text": "…"}).'],
  ['scroll({})', 'needs a direction or a ref'],
  ['wait({"seconds":60})', 'wait: seconds must be at most 10.'],
  ['select({"ref":"e1","option":5})', 'must be the label of an option, or an array of labels'],
  ['check({"ref":"e1","checked":"yes"})', 'checked must be a boolean'],
  ['click({"ref":"e1"}) and then type({"ref":"e2","text":"x"})', 'is not valid JSON'],
])('%s is answered by a problem that says how to write it', (text, problem) => {
  const read = readAction(text)
  expect(read.ok ? 'ok' : read.problem).toContain(problem)
})

test('the schema lets through what is read, and nothing else', async () => {
  const schema = schemaCheck(pageActionsSchema, { what: 'page actions', field: 'schema', failure: 'environment-failed' })
  await schema.ready()
  const cases = [
    { tool: 'click', input: { ref: 'e12' } },
    { tool: 'click', input: { ref: 'x' } },
    { tool: 'click' },
    { tool: 'back' },
    { tool: 'back', input: { ref: 'e1' } },
    { tool: 'select', input: { ref: 'e1', option: 'a' } },
    { tool: 'select', input: { ref: 'e1', option: [1] } },
    { tool: 'wait', input: { seconds: 11 } },
    { tool: 'press', input: { key: '' } },
    { tool: 'ask', input: { question: '' } },
    { tool: 'fly', input: {} },
  ]
  for (const written of cases)
    expect([written, (await schema.check(written)).ok]).toEqual([written, readAction(JSON.stringify(written)).ok])
  expect(pageActionsSchema['anyOf']).toHaveLength(Object.keys(VERBS).length)
})

test('acting can be imported where there is no page', async () => {
  const parts = await Promise.all([
    import('../../../../src/environments/page/act/perform.ts'),
    import('../../../../src/environments/page/act/guard.ts'),
    import('../../../../src/environments/page/act/settle.ts'),
  ])
  expect(parts.flatMap((part) => Object.keys(part)).sort()).toEqual(['openGuard', 'perform', 'settle'])
})

test('no text makes it throw', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc.tuple(fc.constantFrom(...Object.keys(VERBS)), fc.json()).map(([verb, json]) => `${verb}(${json})`),
  )
  fc.assert(fc.property(anything, (text) => typeof readAction(text).ok === 'boolean'))
})
