/** Files of the origin-private file system: what is seen, and what a change takes. */
import { expect, test } from 'vitest'
import { fileEnvironment, type FileEnvironmentOptions } from '../../../src/environments/files/file-environment.ts'
import { testEnvironment } from '../../contracts/environment.ts'
import { act, call, contents, folderWith, put, signal } from './folder.ts'

const contractFolder = await folderWith({ 'notes/today.txt': 'Buy milk.\n' })
const create = () => fileEnvironment(contractFolder, { isDone: ({ lastResult }) => String(lastResult).includes('Buy milk') })

/** A disk that never answers, save for the first look. */
const stuck = {
  name: 'stuck',
  entries: () => contractFolder.entries(),
  getDirectoryHandle: () => new Promise(() => {}),
  getFileHandle: () => new Promise(() => {}),
  removeEntry: () => new Promise(() => {}),
} as unknown as FileSystemDirectoryHandle

testEnvironment('fileEnvironment', {
  create,
  goal: 'Find out what to buy',
  solution: [call('list', { path: 'notes' }), 'read({"path":"notes/today.txt"})'],
  hanging: { create: () => fileEnvironment(stuck), action: call('read', { path: 'a.txt' }) },
})

async function open(files: Record<string, string | Uint8Array<ArrayBuffer>>, options?: FileEnvironmentOptions) {
  const folder = await folderWith(files)
  const environment = fileEnvironment(folder, options)
  const first = await environment.reset('Tidy up', { signal })
  return {
    folder,
    environment,
    first,
    see: async (tool: string, input?: object) => (await act(environment, call(tool, input))).observation,
  }
}

test('the first observation lists the folder, and list goes on below it', async () => {
  const { first, see, environment } = await open({ 'b.txt': 'hello', 'a/c.txt': '', 'a/b/d.txt': '' })
  expect(first).toMatch(/^The opened folder "test-.*" holds:\na\/\nb\.txt \(5 bytes\)$/)
  expect(await see('list', { path: 'a' })).toBe('"a" holds:\nb/\nc.txt (0 bytes)')
  expect(await see('list', { path: 'x' })).toBe('list failed: There is no folder "x".')
  expect(await see('list', { path: 'b.txt' })).toMatch(/"b\.txt" cannot be used so/)
  expect(environment.source?.()).toMatch(/^files:test-/)
})

test('a long file is read in pages that together are the whole of it', async () => {
  const lines = Array.from({ length: 400 }, (_, i) => `line ${i + 1} ${'x'.repeat(i % 50)}`)
  const { see } = await open({ 'long.txt': lines.join('\n') }, { maxCharacters: 2000 })
  const read: string[] = []
  for (let from = 1, more: string | undefined = ''; more !== undefined;) {
    const [head = '', ...shown] = (await see('read', { path: 'long.txt', from })).split('\n')
    expect(head).toContain(`"long.txt", lines ${from} to ${from + shown.length - 1} of 400`)
    read.push(...shown)
    more = /Read on from line (\d+)/.exec(head)?.[1]
    from = Number(more)
  }
  expect(read).toEqual(lines)
})

test('a line longer than an observation is cut, and said to be', async () => {
  const { see } = await open({ 'one.txt': `${'y'.repeat(9000)}\nlast` })
  const seen = await see('read', { path: 'one.txt' })
  expect(seen).toMatch(/lines 1 to 1 of 2 .* The line is too long to be shown whole\. Read on from line 2\.\ny+$/)
  expect(seen.length).toBeLessThan(8000)
  expect(await see('read', { path: 'one.txt', from: 2 })).toMatch(/lines 2 to 2 of 2 .*\nlast$/)
  expect(await see('read', { path: 'one.txt', from: 3 })).toBe('"one.txt" has only 2 lines.')
})

test('what is no text, too large or missing is said to be so', async () => {
  const { see } = await open(
    { 'image.png': new Uint8Array([0x89, 0x50, 0xff]), 'zero.bin': 'a\0b', 'large.txt': 'x'.repeat(101) },
    { maxFileBytes: 100 },
  )
  expect(await see('read', { path: 'image.png' })).toMatch(/"image\.png" is no text in UTF-8 \(3 bytes\)/)
  expect(await see('read', { path: 'zero.bin' })).toMatch(/is no text in UTF-8/)
  expect(await see('read', { path: 'large.txt' })).toMatch(/too large: 101 bytes, of which at most 100 are read/)
  expect(await see('read', { path: 'none.txt' })).toBe('read failed: There is no file "none.txt".')
  expect(await see('read', { path: '' })).toMatch(/must not be empty/)
  expect(await see('write', { path: 'new.txt', text: 'é'.repeat(51) })).toMatch(/too large: 102 bytes/)
  expect(await see('write', { path: 'image.png', text: 'x' })).toMatch(/is no text in UTF-8/)
})

test('search names path and line, and what it did not look through', async () => {
  const { see } = await open({
    'a/b.txt': 'one\ntwo needle\n',
    'c.txt': 'Needle here',
    'd.bin': new Uint8Array([0xff]),
    '.git/config': 'needle',
    'a/long.txt': `${'z'.repeat(5000)} needle ${'z'.repeat(5000)}`,
  })
  const found = await see('search', { text: 'needle' })
  expect(found).toMatch(/^2 lines contain "needle"\. 3 files were looked through, 1 were not: they are no text, or too large\.\n/)
  expect(found).toContain('\na/b.txt:2: two needle')
  expect(found).toMatch(/a\/long\.txt:1: …z+ needle z+… \(10008 characters\)/)
  expect(await see('search', { text: 'needle', ignoreCase: true, path: '' })).toContain('c.txt:1: Needle here')
  expect(await see('search', { text: '.*' })).toMatch(/^"\.\*" was not found/)
})

test('search ends at fifty lines and says so', async () => {
  const { see } = await open({ 'many.txt': 'hit\n'.repeat(80) })
  const found = await see('search', { text: 'hit' })
  expect(found.split('\n')).toHaveLength(51)
  expect(found).toMatch(/There may be more/)
})

test('a write is asked with the facts of the change, and done once it is allowed', async () => {
  const { folder, environment } = await open({ 'notes/a.txt': 'one\ntwo\nthree\n' })
  const action = call('write', { path: 'notes/a.txt', text: 'one\n2\nthree\n' })
  const { observation, asked } = await act(environment, action)
  expect(asked).toEqual([
    {
      effect: 'submit',
      action,
      description: `Write "notes/a.txt" in the folder "${folder.name}" (14 to 12 bytes; lines: 1 added, 1 removed). It can be undone.`,
      details: { path: 'notes/a.txt', folder: folder.name, bytesBefore: 14, bytesAfter: 12, diff: '@@ line 2 @@\n- two\n+ 2' },
      scope: 'notes/a.txt',
    },
  ])
  expect(observation).toBe('"notes/a.txt" was written: 14 to 12 bytes.')
  expect((await contents(folder))['notes/a.txt']).toBe('one\n2\nthree\n')
})

test('what is refused is not done', async () => {
  const { folder, environment } = await open({ 'a.txt': 'old' })
  const before = await contents(folder)
  for (const action of [
    call('write', { path: 'a.txt', text: 'new' }),
    call('write', { path: 'x/y/z.txt', text: 'new' }),
    call('edit', { path: 'a.txt', old: 'old', new: 'new' }),
    call('remove', { path: 'a.txt' }),
  ]) {
    const { observation, asked } = await act(environment, action, false)
    expect(observation).toMatch(/was not touched: it needs approval, which was refused/)
    expect(asked).toHaveLength(1)
  }
  expect(await contents(folder)).toEqual(before)
  expect(environment.changes()).toEqual([])
})

test('a host may allow changes for the run; removing is asked for all the same, every time', async () => {
  const { folder, environment } = await open({ 'a.txt': 'old', 'b.txt': '' }, { writes: 'allow' })
  expect((await act(environment, call('write', { path: 'new/c.txt', text: 'c' }), false)).asked).toEqual([])
  expect((await act(environment, call('edit', { path: 'a.txt', old: 'old', new: 'new' }), false)).asked).toEqual([])
  const { asked } = await act(environment, call('remove', { path: 'b.txt' }))
  expect(asked).toMatchObject([{ effect: 'destructive', always: true, scope: 'b.txt' }])
  expect(await contents(folder)).toEqual({ 'a.txt': 'new', 'new/': '', 'new/c.txt': 'c' })
})

test('edit wants its passage exactly once, and says how often it is there', async () => {
  const text = 'aa b aa\r\nprice: $1\r\nend'
  const { folder, see } = await open({ 'a.txt': text }, { writes: 'allow' })
  expect(await see('edit', { path: 'a.txt', old: 'aa', new: 'x' })).toMatch(/"old" stands 2 times in "a\.txt"/)
  expect(await see('edit', { path: 'a.txt', old: 'cc', new: 'x' })).toMatch(/"old" does not stand in "a\.txt"/)
  expect(await see('edit', { path: 'a.txt', old: 'b aa\nprice', new: 'x' })).toMatch(/lines of this file end with "\\r\\n"/)
  expect(await see('edit', { path: 'a.txt', old: '', new: 'x' })).toMatch(/input of edit is wrong/)
  expect(await see('edit', { path: 'a.txt', old: 'end', new: 'end' })).toMatch(/is so already/)
  expect((await contents(folder))['a.txt']).toBe(text)
  expect(await see('edit', { path: 'a.txt', old: '$1', new: "$& $' {path}" })).toMatch(/was written/)
  expect((await contents(folder))['a.txt']).toBe("aa b aa\r\nprice: $& $' {path}\r\nend")
})

test('overlapping passages are not once', async () => {
  const { see } = await open({ 'a.txt': 'aaa' }, { writes: 'allow' })
  expect(await see('edit', { path: 'a.txt', old: 'aa', new: 'x' })).toMatch(/stands 2 times/)
})

test('a file that changed while it was asked for is left as it is', async () => {
  const { folder, environment } = await open({ 'a.txt': 'old' })
  const meanwhile = async () => {
    await put(folder, 'a.txt', 'by the user')
    return true
  }
  const { observation } = await act(environment, call('write', { path: 'a.txt', text: 'mine' }), meanwhile)
  expect(observation).toMatch(/"a\.txt" was changed by somebody else meanwhile\. Nothing was done/)
  expect(await contents(folder)).toEqual({ 'a.txt': 'by the user' })
})

test('success on the word of the agent alone is told as such', async () => {
  const { environment } = await open({})
  expect(await act(environment, 'finish({"answer":"done"})')).toMatchObject({ done: true, success: true, judge: 'agent' })
})

test('wrong options are told', async () => {
  const folder = await folderWith()
  expect(() => fileEnvironment({} as FileSystemDirectoryHandle)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  expect(() => fileEnvironment(folder, { writes: 'never' as 'ask' })).toThrow(/writes/)
})
