import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLocal } from '../../src/llm/local-address.ts'
import { redact, redactUnknown } from '../../src/llm/remote-secrets.ts'
import { withoutSecrets } from '../../src/testing/secrets.ts'

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

const RUN = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4'

test.each(['xai-', 'pplx-', 'nvapi-', 'csk-', 'api-key-'])('a key that nobody told and that begins with %s is taken out', (prefix) => {
  const key = prefix + RUN
  for (const clean of [redact(`Wrong: ${key}.`, []), redactUnknown(`Wrong: ${key}.`), withoutSecrets(`Wrong: ${key}.`)]) {
    expect(clean).not.toContain(RUN.slice(0, 8))
    expect(clean).toContain('Wrong: [key]')
  }
  expect(redactUnknown(`Wrong: other-${RUN}`)).not.toContain(RUN.slice(0, 8))
})

test('a UUID is taken out where a key is spoken of, and where nobody told the key; names of models stay', () => {
  const uuid = '3f2b8c1e-9a4d-4e6f-8b7a-1c2d3e4f5a6b'
  for (const clean of [redact, withoutSecrets])
    expect(clean(`Invalid API key provided: '${uuid}'.`, [])).toBe("Invalid API key provided: '[key]'.")
  expect(withoutSecrets(`Episode ${uuid}`)).toContain(uuid)
  expect(redactUnknown(`Who is ${uuid}?`)).toBe('Who is [key]?')
  expect(redactUnknown(`azure/${uuid} says no`, `azure/${uuid}`)).toContain(uuid)
  for (const name of [
    'xai-grok-4-fast-non-reasoning',
    'claude-sonnet-4-5-20250929',
    'gpt-4o-mini-2024-07-18',
    'Llama-3.2-3B-Instruct-q4f32_1-MLC',
  ])
    for (const clean of [redact(name, []), redactUnknown(name), withoutSecrets(name)]) expect(clean).toBe(name)
})

test('a known key is taken out as URLs, headers and JSON write it, too', () => {
  const key = 'p"w/ä+9 \\z=Q'
  for (const form of [encodeURIComponent(key), btoa(key), JSON.stringify(key).slice(1, -1)])
    for (const clean of [redact(`<${form}> it was`, [key]), withoutSecrets(`<${form}> it was`, [key])]) {
      expect(clean).not.toContain(form)
      expect(clean).toContain('[key]')
    }
  expect(redact('no ☃ here: %E2%98%83abcdef', ['☃abcdef'])).toBe('no ☃ here: [key]')
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
