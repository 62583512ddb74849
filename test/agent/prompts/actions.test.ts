import { expect, test } from 'vitest'
import { renderActions } from '../../../src/agent/prompts/actions.ts'
import { toolEnvironment } from '../../../src/environments/tool-environment.ts'
import { inspect } from '../../../src/security/untrusted.ts'

const tool = (name: string, description: string) => ({
  name,
  description,
  inputSchema: { type: 'object', properties: { ticket: { type: 'number', description: 'Its number.' } }, required: ['ticket'] },
  execute: () => 'ok',
})

test('tools are shown as the calls to write, once each, with description and schema', async () => {
  const environment = toolEnvironment({ tools: [tool('find', 'Finds a ticket.'), tool('close', 'Closes\na ticket.')] })
  const { title, text } = renderActions((await environment.actions?.()) ?? [], 8000)
  expect(title).toMatch(/written as JSON/)
  const input = '<{"type":"object","properties":{"ticket":{"type":"number","description":"Its number."}},"required":["ticket"]}>'
  expect(inspect(text).split('\n')).toEqual([
    `- Finds a ticket. {"tool":"find","input":${input}}`,
    `- Closes a ticket. {"tool":"close","input":${input}}`,
    expect.stringMatching(/^- Ends the task.* \{"tool":"finish","input":<\{.*"answer".*>\}$/) as string,
  ])
})

test('with too many characters every tool keeps its name and the beginning of its description', async () => {
  const names = Array.from({ length: 50 }, (_, i) => `tool${i}`)
  const environment = toolEnvironment({ tools: names.map((name) => tool(name, `Does ${name}. ${'Long. '.repeat(200)}`)) })
  const { text } = renderActions((await environment.actions?.()) ?? [], 8000)
  for (const name of names) expect(text).toContain(`- Does ${name}.`)
  expect(inspect(text).length).toBeLessThanOrEqual(8000)
})

test('short actions stay whole beside a long one', () => {
  const { text } = renderActions({ anyOf: [{ const: 'look' }, { const: 'x'.repeat(5000) }, { const: 'wait' }] }, 200)
  expect(inspect(text).split('\n')).toEqual([
    '- <{"const":"look"}>',
    expect.stringMatching(/^- <\{"const":"x+.*…/) as string,
    '- <{"const":"wait"}>',
  ])
})

test('fields that may be left out are marked, and what is no plain form is shown as the schema it is', () => {
  const object = { type: 'object', properties: { go: { enum: ['n', 's'] }, far: {} }, required: ['go'] }
  const { text } = renderActions(
    { anyOf: [{ ...object, additionalProperties: false }, { ...object, minProperties: 2 }, { enum: ['wait'] }] },
    8000,
  )
  expect(inspect(text).split('\n')).toEqual([
    '- {"go":<{"enum":["n","s"]}>,"far"?:<{}>}',
    `- <${JSON.stringify({ ...object, minProperties: 2 })}>`,
    '- <{"enum":["wait"]}>',
  ])
})

test.each([[{ type: 'object', properties: {} }], [{ anyOf: [{}], $defs: {} }], [{ anyOf: [true] }], [{ anyOf: 1 }]])(
  'another schema is shown whole: %j',
  (schema) => {
    expect(renderActions(schema, 8000)).toEqual({ title: 'An action is JSON that matches this schema:', text: JSON.stringify(schema) })
  },
)

test('a list is shown as it is', () => {
  expect(renderActions(['look', 'go north'], 8000)).toEqual({ title: 'Possible actions:', text: 'look\ngo north' })
})
