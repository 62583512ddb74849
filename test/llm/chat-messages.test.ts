import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Message } from '../../src/core/message.ts'
import { tidyMessages } from '../../src/llm/chat-messages.ts'

const message: fc.Arbitrary<Message> = fc.record({
  role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const),
  content: fc.string({ minLength: 1 }),
})

test('any conversation becomes one that templates take, and loses no text', () => {
  fc.assert(
    fc.property(fc.array(message), (given) => {
      const { messages } = tidyMessages(given)
      const turns = messages[0]?.role === 'system' ? messages.slice(1) : messages
      expect(turns.at(-1)?.role).toBe('user')
      turns.forEach(({ role }, index) => {
        expect(role).not.toBe('system')
        expect(role).not.toBe(turns[index - 1]?.role)
      })
      const said = messages.map(({ content }) => content).join('\n\n')
      for (const { content } of given) expect(said).toContain(content)
    }),
  )
})

test('what is in order stays as it is', () => {
  const given: Message[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hi' },
    { role: 'user', content: 'On?' },
  ]
  expect(tidyMessages(given)).toEqual({ messages: given, warnings: [] })
})

test('a system message alone is the question', () => {
  expect(tidyMessages([{ role: 'system', content: 'Say hello.' }]).messages).toEqual([{ role: 'user', content: 'Say hello.' }])
})
