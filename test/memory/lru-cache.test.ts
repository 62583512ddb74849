import { expect, test } from 'vitest'
import { createLruCache } from '../../src/memory/lru-cache.ts'

test('what was used least recently goes first, by weight', () => {
  const cache = createLruCache<string>(6, (value) => value.length)
  cache.set('a', 'xx')
  cache.set('b', 'xx')
  cache.set('__proto__', 'xx')
  cache.get('a')
  cache.set('d', 'xxx')
  expect(['a', 'b', '__proto__', 'd'].map((key) => cache.get(key))).toEqual(['xx', undefined, undefined, 'xxx'])
})

test('a value that is replaced or deleted gives its weight back, and one that is too heavy is not kept', () => {
  const cache = createLruCache<string>(4, (value) => value.length)
  cache.set('a', 'xxxx')
  cache.set('a', 'x')
  cache.set('b', 'xxx')
  expect([cache.get('a'), cache.get('b')]).toEqual(['x', 'xxx'])
  cache.delete('b')
  cache.set('c', 'xxxxx')
  cache.set('d', 'xxx')
  expect([cache.get('a'), cache.get('c'), cache.get('d')]).toEqual(['x', undefined, 'xxx'])
})
