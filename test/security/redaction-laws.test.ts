import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PLACEHOLDERS } from '../../src/security/detect/span.ts'
import { createRedactor } from '../../src/security/redaction.ts'
import { BENIGN } from './benign-texts.ts'

const PIECES = [
  ...Object.values(PLACEHOLDERS),
  '4111 1111 1111 1111',
  '4111',
  '378282246310005',
  'code',
  'code: ',
  'PIN ',
  'OTP',
  '482913',
  ' is ',
  '1234',
  '-',
  ' ',
  '\n',
  '.',
  '[',
  ']',
  '?token=',
  '&code=',
  'password',
  ': ',
  '="',
  '"',
  '%3D',
  '%20',
  '%',
  '&amp;',
  '&#52;',
  '\\u0034',
  '\\"',
  'Bearer ',
  'eyJhbGciOiJIUzI1',
  '.',
  'sk-abc123def456ghi789',
  '-----BEGIN PRIVATE KEY-----',
  '-----END PRIVATE KEY-----',
  '://',
  'a:b',
  '@',
  '\u200b',
  '{{secret:',
  'pin',
  '}}',
]
const texts = fc
  .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 24 })
  .map((parts) => parts.join(''))

const runs = { numRuns: 1500 }

test('redacting twice is redacting once', () => {
  const redactor = createRedactor({ secrets: ['hunter2!', '739104'] })
  fc.assert(
    fc.property(texts, (text) => {
      const once = redactor.redact(text)
      expect(redactor.redact(once)).toBe(once)
    }),
    runs,
  )
})

test('redacting twice is redacting once with any secrets and patterns, even such as match placeholders', () => {
  const secrets = fc.array(fc.oneof(fc.constantFrom(...PIECES, ']ret', 'secret', '[sec', 'ed][re', 'd]'), fc.string()), { maxLength: 4 })
  const patterns = fc.subarray([/\[|\]/, /.x/, /\]\[?/, /r.*d/, /[^]{3}/, /$|^|e/])
  fc.assert(
    fc.property(texts, secrets, patterns, (text, known, own) => {
      const redactor = createRedactor({ secrets: known, patterns: own })
      const once = redactor.redact(text)
      expect(redactor.redact(once)).toBe(once)
    }),
    runs,
  )
})

/** How somebody might write a secret into a text. */
const WRITINGS: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  'URL-encoded': (secret) => encodeURIComponent(secret.toWellFormed()),
  'URL-encoded in lower case': (secret) => encodeURIComponent(secret.toWellFormed()).replace(/%../g, (hex) => hex.toLowerCase()),
  'URL-encoded to the last letter': (secret) => bytesOf(secret, (byte) => `%${hex(byte)}`),
  'URL-encoded twice': (secret) => encodeURIComponent(encodeURIComponent(secret.toWellFormed())),
  'form-encoded': (secret) => new URLSearchParams({ v: secret.toWellFormed() }).toString().slice(2),
  'JSON-escaped': (secret) => JSON.stringify(secret).slice(1, -1),
  'escaped by number': (secret) => unitsOf(secret, (unit) => `\\u${unit.toString(16).padStart(4, '0')}`),
  'HTML-escaped': (secret) =>
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  'HTML-escaped by number': (secret) => Array.from(secret, (letter) => `&#x${(letter.codePointAt(0) ?? 0).toString(16)};`).join(''),
  base64: (secret) => btoa(bytesOf(secret, (byte) => String.fromCharCode(byte))),
  'base64 within': (secret) => btoa(`jane:${bytesOf(secret, (byte) => String.fromCharCode(byte))}:x`),
  'base64 for URLs': (secret) =>
    btoa(`j:${bytesOf(secret, (byte) => String.fromCharCode(byte))}`)
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/=+$/, ''),
  hexadecimal: (secret) => bytesOf(secret, hex),
  decomposed: (secret) => secret.normalize('NFD'),
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
const bytesOf = (text: string, write: (byte: number) => string): string => Array.from(new TextEncoder().encode(text), write).join('')
const unitsOf = (text: string, write: (unit: number) => string): string =>
  text
    .split('')
    .map((unit) => write(unit.charCodeAt(0)))
    .join('')

const secrets = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 6, maxLength: 24 }),
    fc.string({ unit: 'grapheme', minLength: 6, maxLength: 16 }),
    fc.string({ minLength: 6 }),
  )
  .filter((secret) => secret === secret.trim() && secret.isWellFormed() && /[\p{L}\p{N}]/u.test(secret) && new Set(secret).size > 3)

test.each(Object.entries(WRITINGS))('no learned secret survives: %s', (_, write) => {
  fc.assert(
    fc.property(secrets, fc.constantFrom(' ', '"', '=', '/', '(', '\n'), (secret, beside) => {
      const written = write(secret)
      fc.pre(written.length >= 6)
      const redacted = createRedactor({ secrets: [secret] }).redact(`before${beside}${written}${beside}after`)
      const left = Object.values(PLACEHOLDERS).reduce((text, placeholder) => text.replaceAll(placeholder, '\u0000'), redacted)
      expect(left).not.toContain(written)
      expect(redacted).toContain('[secret]')
    }),
    { numRuns: 300 },
  )
})

test('no learned number survives blanks, dashes and invisible characters between its digits', () => {
  const digits = fc.stringMatching(/^\d{8,19}$/).filter((number) => new Set(number).size > 1)
  const between = fc.array(fc.constantFrom('', '', ' ', '-', '\u00a0', '\u2011', '\u200b', '%20', '&nbsp;', '\n'), {
    minLength: 19,
    maxLength: 19,
  })
  fc.assert(
    fc.property(digits, between, (number, separators) => {
      const redactor = createRedactor()
      redactor.learn(number, 'card')
      const written = Array.from(number, (digit, index) => digit + (separators[index] ?? '')).join('')
      expect(
        redactor
          .redact(`a ${written} b`)
          .replace('%20', '')
          .replace(/&nbsp;|\s/g, ''),
      ).toMatch(/^a\[cardnumber\][-\u2011\u200b]?b$/)
    }),
    { numRuns: 500 },
  )
})

test('what surrounds secrets stays, whatever it is', () => {
  const redactor = createRedactor()
  redactor.learn('correct horse', 'password')
  for (const before of BENIGN)
    for (const after of BENIGN) expect(redactor.redact(`${before} | correct horse | ${after}`)).toBe(`${before} | [password] | ${after}`)
})

/** Over a reader that looks back, or tries again from every place, the test would run out of its time. */
const HOSTILE = [
  '4',
  '1 ',
  '4111 ',
  '41-',
  '%41',
  '%',
  '&amp;',
  '&#',
  '\\u00',
  '\\',
  'eyJ-',
  'eyJ.',
  'sk-',
  '-sk-a1',
  'xai-',
  'csk-1',
  'a',
  'a.',
  'a=',
  'a:"',
  'a="b',
  '?a=',
  '"',
  '{{',
  'code ',
  'code1',
  'pin 1234',
  'PIN PIN ',
  '123456 code ',
  'Bearer ',
  'bearer a',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN ',
  '://a',
  '://a:',
  'key ',
  'password ',
  '[secret]',
  '[',
  '\u200b',
  '４',
  'код ',
  '验证码',
  '認証コード',
  'hunter',
  'hunter2!',
  '73910',
  '\n',
  ' ',
  '[one-time code] code 1234 ',
]

test.each(HOSTILE)('%j over and over is read in one go', (piece) => {
  const redactor = createRedactor({ secrets: ['hunter2!hunter2!', 'aaaaaaaab', '739104739104'] })
  const text = piece.repeat(Math.ceil(200_000 / piece.length))
  const redacted = redactor.redact(text)
  expect(redacted.length).toBeLessThanOrEqual(text.length * 4)
  expect(redactor.redact(redacted)).toBe(redacted)
})

test('a megabyte of all of them is read, too', () => {
  const redactor = createRedactor({ secrets: ['hunter2!hunter2!', '739104739104'] })
  const redacted = redactor.redact(HOSTILE.map((piece) => piece.repeat(Math.ceil(20_000 / piece.length))).join('\n'))
  expect(redactor.redact(redacted)).toBe(redacted)
})
