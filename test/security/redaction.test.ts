import { expect, test } from 'vitest'
import { isRepriseError } from '../../src/core/errors.ts'
import { createRedactor } from '../../src/security/redaction.ts'
import { BENIGN } from './benign-texts.ts'

const redactor = createRedactor()

test.each(BENIGN)('leaves %j as it is', (text) => {
  expect(redactor.redact(text)).toBe(text)
})

test.each([
  '4111111111111111',
  '4111 1111 1111 1111',
  '4111-1111-1111-1111',
  '4111.1111.1111.1111',
  '4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1',
  '4111\u00a01111\u20091111\u20111111',
  '41\u200b11111111111111',
  '４１１１１１１１１１１１１１１１',
  '٤١١١١١١١١١١١١١١١',
  '5555 5555 5555 4444',
  '2223003122003222',
  '3782 822463 10005',
  '378282246310005',
  '3056 930902 5904',
  '6011111111111117',
  '3530111333300000',
  '6200000000000005',
  '2200 1234 5678 9019',
  '4111%201111%201111%201111',
  '4111&nbsp;1111&#32;1111&#x20;1111',
])('takes out the card number %j', (number) => {
  expect(redactor.redact(`Paid with ${number} on 12/27.`)).toBe('Paid with [card number] on 12/27.')
})

test('a card number is found though numbers stand around it', () => {
  expect(redactor.redact('Jane 4111 1111 1111 1111 12 27 123')).toBe('Jane [card number] 12 27 123')
})

test.each([
  'Your code is 482913',
  'code: 482913',
  'CODE 4829',
  'Use 482913 as your Acme verification code.',
  '482913 is your one-time code',
  'G-482913 is your Google verification code',
  'Your verification code for Acme Bank is 482 913.',
  'OTP: 48291337',
  '482913 es su código de verificación',
  '482913 — код подтверждения',
  '482913是您的验证码',
  'Bitte 482913 als Bestätigungscode eingeben',
  'PIN 4829',
  'TAN = 482913',
  'textbox "Security code": "4829"',
  'Your verification code is:\n\n482913',
  'Ihr Bestätigungscode für die Anmeldung lautet 482913',
  'Einmalpasswort: 482913',
  'Votre code de vérification est 482913',
  'Su código de verificación es 482913',
  'Il codice di verifica è 482913',
  'O seu código de segurança é 482913',
  'Je verificatiecode is 482913',
  'Twój kod weryfikacyjny: 482913',
  'Код подтверждения: 482913',
  'Никому не говорите код 482913',
  'Doğrulama kodunuz: 482913',
  'رمز التحقق: ٤٨٢٩١٣',
  '验证码：482913，五分钟内有效',
  '認証コードは482913です',
  '인증번호 [482913]를 입력하세요',
])('takes out the one-time code in %j', (text) => {
  const redacted = redactor.redact(text)
  expect(redacted).toContain('[one-time code]')
  expect(redacted).not.toMatch(/\d{3}|[٠-٩]{3}/)
})

test('only the number that belongs to the word is its code', () => {
  expect(redactor.redact('Order 12345678: your verification code is 482913')).toBe(
    'Order 12345678: your verification code is [one-time code]',
  )
  expect(redactor.redact('482913 is your verification code for order 12345678')).toBe(
    '[one-time code] is your verification code for order 12345678',
  )
})

test.each([
  ['sk-proj-abcDEF123456ghiJKL789012', '[token]'],
  ['ghp_abcdefghij0123456789ABCDEFGHIJ012345', '[token]'],
  ['AKIAIOSFODNN7EXAMPLE', '[token]'],
  ['AIzaSyA1234567890abcdefghijklmnopqrstuv', '[token]'],
  ['xoxb-123456789012-abcdefGHIJKL3456', '[token]'],
  ['SG.abcdefghijklmnop123456.ABCDEFGHIJKLMNOP1234567890abcdefghijklmnopq', '[token]'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U', '[token]'],
  ['Authorization: Bearer abc123def456ghi789', 'Authorization: Bearer [token]'],
  ['Authorization: Basic dXNlcjpwYXNzd29yZA==', 'Authorization: Basic [token]'],
  ['xai-abc123def456ghi789jkl', '[token]'],
  ['your api key 550e8400-e29b-41d4-a716-446655440000', 'your api key [token]'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc=\n-----END RSA PRIVATE KEY-----', '[token]'],
  ['-----BEGIN PRIVATE KEY-----\nMIIEow and then it was cut', '[token]'],
])('takes out the token in %j', (text, expected) => {
  expect(redactor.redact(`a ${text}`)).toBe(`a ${expected}`)
})

test.each([
  ['https://a.example/reset?token=abc&lang=en', 'https://a.example/reset?token=[secret]&lang=en'],
  ['/cb?state=1&code=4%2F0AX4XfWh#access_token=zzz', '/cb?state=1&code=[secret]#access_token=[secret]'],
  ['https://a.example/;jsessionid=0A1B2C?x=1', 'https://a.example/;jsessionid=[secret]?x=1'],
  ['https://jane:pw@a.example/', 'https://[secret]@a.example/'],
  [
    'https://a.example/?next=https%3A%2F%2Fb.example%2F%3Ftoken%3Dabc%26x%3D1',
    'https://a.example/?next=https%3A%2F%2Fb.example%2F%3Ftoken%3D[secret]%26x%3D1',
  ],
  ['user[password]=hello&commit=Save', 'user[password]=[secret]&commit=Save'],
  ['{"accessToken":"correct horse","n":1}', '{"accessToken":"[secret]","n":1}'],
  ['{\\"client_secret\\":\\"correct horse\\"}', '{\\"client_secret\\":\\"[secret]\\"}'],
  ['password: hunter22 (change it)', 'password: [secret] (change it)'],
])('takes the value out of %j', (text, expected) => {
  expect(redactor.redact(text)).toBe(expected)
})

test('a learned secret says what it was', () => {
  const learning = createRedactor({ secrets: ['correct horse'] })
  learning.learn('s3cr3t-pass', 'password')
  learning.learn('739104', 'one-time-code')
  expect(learning.redact('s3cr3t-pass, 739 104, 739-104, correct horse')).toBe('[password], [one-time code], [one-time code], [secret]')
})

test('a short secret goes only where it stands alone, and one of three characters stays', () => {
  const learning = createRedactor({ secrets: ['test', '123'] })
  expect(learning.redact('test, latest tests: test 123')).toBe('[secret], latest tests: [secret] 123')
})

test('rows of dots and names on cards are not learned', () => {
  const learning = createRedactor({ secrets: ['••••••••', '********'] })
  learning.learn('Jane Doe', 'card')
  expect(learning.redact('•••••••• ******** Jane Doe')).toBe('•••••••• ******** Jane Doe')
})

test("the host's patterns hold whatever their flags and their state", () => {
  const pattern = /acme-\d+/giy
  pattern.lastIndex = 5
  const own = createRedactor({ patterns: [pattern, /x*/] })
  expect(own.redact('ACME-12 and acme-7')).toBe('[redacted] and [redacted]')
  expect(pattern.lastIndex).toBe(5)
})

test('a pattern that is none is refused', () => {
  expect(() => createRedactor({ patterns: ['x' as unknown as RegExp] })).toThrow(
    expect.toSatisfy((error: unknown) => isRepriseError(error, 'invalid-options')) as Error,
  )
})

test.each([
  ['CVC 123', 'CVC [card number]'],
  ['Security code: 123', 'Security code: [card number]'],
  ['CVV is 4321.', 'CVV is [card number].'],
  ['card 41111111 11111111', 'card [card number]'],
  ['Your code: 4-8-2-9-1-3', 'Your code: [one-time code]'],
  ['Your verification code is 4 8 2 9 1 3', 'Your verification code is [one-time code]'],
  ['my password is "hunter two"', 'my password is "[secret]"'],
  ['The password is hunter2x.', 'The password is [secret].'],
  ['Passwort: geheim123', 'Passwort: [secret]'],
  ['mot de passe : azerty123, merci', 'mot de passe : [secret], merci'],
  ['密码：abc12345', '密码：[secret]'],
  ['Set-Cookie: sid=abcdef1234567890; Path=/', 'Set-Cookie: sid=[secret]; Path=/'],
  ['Cookie: a=12345678; b=abcdefgh', 'Cookie: a=[secret]; b=[secret]'],
  ['bot 123456789:AAEhBP0av28abcdefghijklmnopqrstuvwx', 'bot [token]'],
])('reads %j as %j', (text, redacted) => {
  expect(redactor.redact(text)).toBe(redacted)
  expect(redactor.redact(redacted)).toBe(redacted)
})
