import { expect, test } from 'vitest'
import { createRedactor } from '../../src/security/redaction.ts'
import { remembered } from '../../src/security/remembered.ts'

const long = (text: string): string => text.padEnd(100, '.')

test('a long text is made once, and once more after it was forgotten', () => {
  const made: string[] = []
  const get = remembered((text) => (made.push(text), `${text}!`))
  for (let i = 0; i < 3; i++) expect(get(long('a'))).toBe(`${long('a')}!`)
  expect(made).toHaveLength(1)
  get.forget()
  get(long('a'))
  expect(made).toHaveLength(2)
})

test('no more is kept than there is room for, and what is asked for again is kept', () => {
  const made: string[] = []
  const get = remembered((text) => (made.push(text), text), 450)
  for (const text of ['a', 'b', 'a', 'c', 'a']) get(long(text))
  expect(made).toEqual(['a', 'b', 'c'].map(long))
  get(long('b'))
  expect(made).toHaveLength(4)
  get('x'.repeat(1000))
  expect(get('x'.repeat(1000))).toHaveLength(1000)
})

test('a text that was redacted before is redacted anew once more is known', () => {
  const redactor = createRedactor()
  const text = 'What a long text, in which blue-parrot-7 stands for something'
  expect(redactor.redact(text)).toBe(text)
  redactor.learn('blue-parrot-7', 'password')
  expect(redactor.redact(text)).toBe('What a long text, in which [password] stands for something')
})
