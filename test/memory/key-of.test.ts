import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyOf } from '../../src/memory/key-of.ts'

test('a key is the beginning of the SHA-256 of the text, whatever the text', () => {
  const expected = (text: string): string =>
    createHash('sha256').update(Buffer.from(text, 'utf16le')).digest().subarray(0, 16).toString('base64url')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(keyOf(text)).toBe(expected(text))
    }),
  )
})

test('texts that differ by surrogates that stand alone have different keys', () => {
  expect(keyOf('\ud800')).not.toBe(keyOf('\ud801'))
  expect(keyOf('')).not.toBe(keyOf('\0'))
})
