import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isUsableName, isVersionControl, readPath } from '../../../src/environments/files/file-path.ts'

test.each([
  'notes.txt',
  'a/b/c.md',
  '.env',
  '~tilde',
  'été.txt',
  'ورق‌ها.txt',
  '日本/語.txt',
  '...a',
  'a b.txt',
  'constructor',
  '__proto__',
])('the plain path %j is read as its names', (path) => expect(readPath(path)).toEqual({ ok: true, path, names: path.split('/') }))

test('an empty path is the opened folder', () => expect(readPath('')).toEqual({ ok: true, path: '', names: [] }))

test.each([
  '..',
  '../x',
  'a/../../x',
  'a/./b',
  '.',
  '/etc/passwd',
  '//server/share',
  'a//b',
  'a/',
  'a\\b',
  '..\\x',
  'C:/x',
  'c:x',
  'file:///etc/passwd',
  'a\0b',
  'a\nb',
  'a\u202eb',
  'a\u2028b',
  '\ud800',
  '\uff0e\uff0e/x',
  '\u2025/x',
  'a\uff0fb',
  'a\uff3cb',
  '.\u200d./x',
  '\u200c..',
  'a/\u200d',
  'e\u0301.txt',
  'CON',
  'con.txt',
  'a/Nul.tar.gz',
  'COM1',
  'lpt\u00b9',
  'com1 .txt',
  'CONIN$',
  'a.txt.',
  'a ',
  ' a',
  'a.txt::$DATA',
  'what?',
  '*',
  'a|b',
  '"a"',
  'x.crswap',
  'x'.repeat(1025),
  'é'.repeat(128),
])('the path %j is refused', (path) => {
  expect(readPath(path)).toMatchObject({ ok: false, problem: expect.stringMatching(/is no path here: .+\.$/) as string })
})

test('whatever is accepted consists of names that lead down, and of nothing else', () => {
  const part = fc.oneof(
    fc.constantFrom('.', '..', '/', '\\', '\0', '\uff0e', '\uff0f', '\u200d', 'a', 'con', ':', ' '),
    fc.string({ unit: 'grapheme' }),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const read = readPath(parts.join(''))
      if (!read.ok) return
      expect(read.names.join('/')).toBe(read.path)
      for (const name of read.names) {
        expect(name.normalize('NFKC').replaceAll(/[\u200c\u200d]/g, '')).not.toMatch(/^\.{0,2}$|[/\\\0]/)
        expect(isUsableName(name)).toBe(true)
      }
    }),
    { numRuns: 2000 },
  )
})

test.each(['.git/config', 'a/.GIT/hooks/pre-commit', '.g\u200cit/config', 'git~1/config', '.hg/hgrc', '.svn/x'])(
  '%j belongs to a version control',
  (path) => expect(isVersionControl(path.split('/'))).toBe(true),
)

test('a file about it does not', () => expect(isVersionControl(['.gitignore', 'git', 'a.git'])).toBe(false))
