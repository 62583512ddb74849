import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLocal } from '../../src/llm/local-address.ts'
import { redact } from '../../src/llm/remote-failure.ts'

test('a secret is taken out wherever it stands, short ones too, and the text around it stays', () => {
  const secret = fc.string({ minLength: 4, maxLength: 40, unit: fc.constantFrom(...'abcXYZ0189-_.$&'.split('')) })
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (key, before, after) => {
      fc.pre(!`${before}[key]${after}`.includes(key) && !'[key]'.includes(key))
      expect(redact(`${before} ${key} ${after}`, [key])).not.toContain(key)
    }),
  )
  expect(redact('The key abcd is wrong, so is abcdefgh12.', ['abcd', 'wxyz'])).toBe('The key [key] is wrong, so is [key]efgh12.')
})

test('what only looks like a key goes as well', () => {
  expect(redact('Bearer abc.def, sk-proj-12**34 and Basic dXNlcg==', [])).toBe('Bearer [key] [key] and Basic [key]')
  expect(redact('gsk_abc123, AIzaSyD-9tSrke72 at https://x.y/z?alt=sse&key=abc12 or ?access_token=t', [])).toBe(
    '[key], [key] at https://x.y/z?alt=sse&key=[key] or ?access_token=[key]',
  )
})

test.each([
  ['http://localhost:11434/v1', true],
  ['http://app.localhost', true],
  ['http://127.0.0.1:8080', true],
  ['http://10.1.2.3', true],
  ['http://172.20.0.1', true],
  ['http://172.40.0.1', false],
  ['http://192.168.0.7', true],
  ['http://[::1]:1234', true],
  ['http://[fe80::1]', true],
  ['http://printer.local', true],
  ['https://api.openai.com/v1', false],
  ['https://10.example.com', false],
  ['https://fd.example.com', false],
])('%s is on this computer or network: %s', (address, local) => {
  expect(isLocal(address)).toBe(local)
})
