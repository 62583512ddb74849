import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOrigins } from '../../src/security/origins.ts'

const origins = createOrigins('https://shop.example/cart?x=1', ['https://pay.example', 'http://localhost:8080/', 'https://bücher.example'])

test.each([
  'https://shop.example/',
  'https://shop.example',
  'https://shop.example:443/a?b=c d#e\\f',
  'HTTPS://SHOP.EXAMPLE/A',
  'https://pay.example/checkout?return=https://evil.example/',
  'http://localhost:8080/x',
  'https://xn--bcher-kva.example/',
  'https://bücher.example/',
])('allows %j', (url) => {
  expect(origins.allows(url)).toBe(true)
})

test.each([
  'http://shop.example/',
  'https://shop.example:8443/',
  'https://shop.example./',
  'https://evil.example/https://shop.example/',
  'https://shop.example.evil.example/',
  'https://evilshop.example/',
  'https://sub.shop.example/',
  'https://shop.example@evil.example/',
  'https://user@shop.example/',
  'https://user:password@shop.example/',
  'https://shop.example\\@evil.example/',
  'https:\\\\shop.example/',
  'https:/shop.example/',
  'https:shop.example/',
  '//shop.example/',
  '/cart',
  'cart',
  '',
  '#top',
  ' https://shop.example/',
  'https://shop.example/ ',
  'https://shop\t.example/',
  'https://sh\u200bop.example/',
  'https://shоp.example/',
  'https://ѕhop.example/',
  'https://shop。evil.example/',
  'javascript:alert(1)//https://shop.example/',
  'java\nscript:alert(1)',
  'data:text/html,https://shop.example',
  'blob:https://shop.example/5c1f',
  'filesystem:https://shop.example/t',
  'view-source:https://shop.example/',
  'file:///etc/passwd',
  'mailto:jane@shop.example',
  'ftp://shop.example/',
  'about:blank',
  'about:invalid',
  'http://localhost/',
  'http://127.0.0.1:8080/',
  'https://',
])('does not allow %j', (url) => {
  expect(origins.allows(url)).toBe(false)
})

test('whatever it allows leads to an allowed origin, as the browser reads it', () => {
  const allowed = ['https://shop.example', 'https://pay.example', 'http://localhost:8080', 'https://xn--bcher-kva.example']
  const parts = fc.constantFrom(
    'https',
    'http',
    ':',
    '/',
    '//',
    '\\',
    'shop.example',
    'pay.example',
    'evil.example',
    '@',
    '.',
    '#',
    '?',
    ':443',
    ':80',
    ' ',
    '\t',
    '%2f',
    'javascript:',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(parts, fc.string({ maxLength: 3 })), { maxLength: 9 }), (pieces) => {
      const url = pieces.join('')
      if (origins.allows(url)) expect(allowed).toContain(new URL(url, 'https://base.example').origin)
    }),
    { numRuns: 3000 },
  )
})

test('a page without an origin of its own allows what the host says and nothing else', () => {
  const opaque = createOrigins('null', ['https://a.example'])
  expect([opaque.allows('https://a.example/x'), opaque.allows('null'), opaque.allows('about:blank')]).toEqual([true, false, false])
})

test.each(['a.example', 'https://a.example/path', 'https://*.example', '*', 'https://jane:hunter2@a.example', '', 'javascript:0', 7])(
  'refuses %j as an origin without repeating it',
  (other) => {
    expect(() => createOrigins('https://own.example', [other as string])).toThrow(
      expect.objectContaining({ code: 'invalid-options' }) as Error,
    )
    expect(() => createOrigins('https://own.example', [other as string])).not.toThrow(/hunter2/)
  },
)
