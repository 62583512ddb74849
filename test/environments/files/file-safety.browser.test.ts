/** Files of the origin-private file system: where the agent cannot go, what it cannot see, and how changes are taken back. */
import { expect, test } from 'vitest'
import { fileEnvironment, type FileEnvironmentOptions } from '../../../src/environments/files/file-environment.ts'
import { act, call, contents, folderWith, put, signal } from './folder.ts'

async function open(files: Record<string, string>, options?: FileEnvironmentOptions) {
  const folder = await folderWith(files)
  const environment = fileEnvironment(folder, { writes: 'allow', ...options })
  await environment.reset('Tidy up', { signal })
  return { folder, environment, see: async (tool: string, input?: object) => (await act(environment, call(tool, input))).observation }
}

test('no path leads out of the folder, whichever tool it is given to', async () => {
  const outer = await folderWith({ 'secret.txt': 'canary', 'inner/a.txt': 'a' })
  const environment = fileEnvironment(await outer.getDirectoryHandle('inner'), { writes: 'allow' })
  await environment.reset('Leave', { signal })
  for (const path of [
    '../secret.txt',
    '..',
    '/secret.txt',
    '..\\secret.txt',
    'a.txt/../../secret.txt',
    '\uff0e\uff0e/secret.txt',
    './a.txt',
  ])
    for (const [tool, rest] of Object.entries({
      list: {},
      read: {},
      search: { text: 'canary' },
      write: { text: 'x' },
      edit: { old: 'canary', new: 'x' },
      remove: {},
    })) {
      const { observation, asked } = await act(environment, call(tool, { path, ...rest }))
      expect(observation).toMatch(/ failed: .* is no path here/)
      expect(observation).not.toContain('canary"')
      expect(asked).toEqual([])
    }
  expect(await contents(outer)).toEqual({ 'secret.txt': 'canary', 'inner/': '', 'inner/a.txt': 'a' })
})

test('nothing is written where a version control looks for commands', async () => {
  const { folder, environment, see } = await open({ '.git/config': '[core]' })
  for (const path of ['.git/config', '.GIT/hooks/pre-commit', 'sub/.git/config']) {
    const { observation, asked } = await act(environment, call('write', { path, text: '[core]\nfsmonitor = evil' }))
    expect(observation).toMatch(/belongs to the version control/)
    expect(asked).toEqual([])
  }
  expect(await see('remove', { path: '.git/config' })).toMatch(/belongs to the version control/)
  expect(await see('read', { path: '.git/config' })).toContain('[core]')
  expect(await contents(folder)).toEqual({ '.git/': '', '.git/config': '[core]' })
})

test('what the host hides is neither listed nor found nor used', async () => {
  const { folder, see } = await open(
    { '.env': 'KEY=1', 'private/a.txt': 'KEY=2', 'b.txt': 'x' },
    { ignore: (path) => path === '.env' || path === 'private' },
  )
  expect(await see('list')).toMatch(/holds:\nb\.txt \(1 bytes\)$/)
  expect(await see('search', { text: 'KEY' })).toMatch(/was not found\. 1 files were looked through/)
  for (const path of ['.env', 'private/a.txt', 'private/new.txt']) {
    expect(await see('read', { path })).toMatch(/may not be used/)
    expect(await see('write', { path, text: '' })).toMatch(/may not be used/)
  }
  expect(await see('list', { path: 'private' })).toMatch(/may not be used/)
  expect(await contents(folder)).toEqual({ '.env': 'KEY=1', 'private/': '', 'private/a.txt': 'KEY=2', 'b.txt': 'x' })
})

/** A folder of a disk that takes no notice of case, and knows short names. */
function forgiving(folder: FileSystemDirectoryHandle): FileSystemDirectoryHandle {
  const real = async (name: string): Promise<string> => {
    for await (const [listed] of folder.entries())
      if ([listed.toLowerCase(), `${listed.slice(1, 4)}~9`].includes(name.toLowerCase())) return listed
    return name
  }
  return {
    name: folder.name,
    entries: () => folder.entries(),
    removeEntry: async (name: string) => folder.removeEntry(await real(name)),
    getDirectoryHandle: async (name: string, options?: object) => forgiving(await folder.getDirectoryHandle(await real(name), options)),
    getFileHandle: async (name: string, options?: object) => folder.getFileHandle(await real(name), options),
  } as unknown as FileSystemDirectoryHandle
}

test('on a disk that finds a file by other names it is used by its own alone', async () => {
  const folder = await folderWith({ '.env': 'KEY=1', '.git/config': '[core]', 'Notes/a.txt': 'a' })
  const before = await contents(folder)
  const environment = fileEnvironment(forgiving(folder), { writes: 'allow', ignore: (path) => path === '.env' })
  await environment.reset('Look', { signal })
  for (const path of ['.ENV', 'notes/a.txt', 'Notes/A.txt', 'git~9/config', 'notes/new.txt'])
    for (const [tool, rest] of Object.entries({ read: {}, write: { text: 'x' }, edit: { old: 'a', new: 'x' }, remove: {} }))
      expect((await act(environment, call(tool, { path, ...rest }))).observation).toMatch(
        /is another name of something that is there|no path here/,
      )
  expect((await act(environment, call('read', { path: 'Notes/a.txt' }))).observation).toMatch(/\na$/)
  expect(await contents(folder)).toEqual(before)
})

const redact = [/tok_\w{8}/, /(?<=code )\d{6}/]

test('what is redacted is not shown, cannot be matched, and is not lost', async () => {
  const text = 'user = a\nkey = tok_ABCDEFGH\nyour code 123456\n'
  const { folder, environment, see } = await open({ 'a.txt': text }, { redact, writes: 'ask' })
  expect(await see('read', { path: 'a.txt' })).toContain('key = [redacted]\nyour code [redacted]')
  expect(await see('read', { path: 'a.txt', from: 2 })).toContain('key = [redacted]')
  expect(await see('search', { text: 'tok_A' })).toMatch(/was not found/)
  expect(await see('write', { path: 'a.txt', text: 'key = [redacted]' })).toMatch(/holds something that was not shown/)
  expect(await see('edit', { path: 'a.txt', old: 'tok_', new: 't o k' })).toMatch(/does not stand in/)
  expect(await see('edit', { path: 'a.txt', old: 'your code', new: 'number' })).toMatch(/not shown, next to what is to change/)
  expect(await contents(folder)).toEqual({ 'a.txt': text })
  const { asked } = await act(environment, call('edit', { path: 'a.txt', old: 'a\nkey', new: 'b\nkey' }))
  expect(JSON.stringify(asked)).not.toMatch(/tok_|123456/)
  expect(await contents(folder)).toEqual({ 'a.txt': text.replace('= a', '= b') })
})

test('cards, codes and tokens are taken out unless the host says otherwise', async () => {
  const text = 'card 4111 1111 1111 1111'
  const { environment, see } = await open({ 'a.txt': text })
  expect(await see('read', { path: 'a.txt' })).toContain('card [card number]')
  expect(environment.redact?.(text)).toBe('card [card number]')
  const plain = await open({ 'a.txt': text }, { redact: false })
  expect(await plain.see('read', { path: 'a.txt' })).toContain(text)
  expect(plain.environment.redact).toBeUndefined()
})

test('every change is taken back in turn, to the last byte, with the folders that were made for it', async () => {
  const { folder, environment, see } = await open({ 'a.txt': '\ufeffone\r\n', 'b/c.txt': 'see' })
  const before = await contents(folder)
  const bytes = async () => new Uint8Array(await (await (await folder.getFileHandle('a.txt')).getFile()).arrayBuffer())
  const first = await bytes()
  await see('edit', { path: 'a.txt', old: 'one', new: 'two' })
  await see('write', { path: 'x/y/new.txt', text: '\ud800 new' })
  await see('write', { path: 'a.txt', text: 'three' })
  await see('remove', { path: 'b/c.txt' })
  expect(environment.changes()).toEqual([
    { path: 'a.txt', before: '\ufeffone\r\n', after: '\ufefftwo\r\n' },
    { path: 'x/y/new.txt', before: null, after: '\ufffd new' },
    { path: 'a.txt', before: '\ufefftwo\r\n', after: 'three' },
    { path: 'b/c.txt', before: 'see', after: null },
  ])
  expect(await environment.undo()).toMatchObject({ path: 'b/c.txt' })
  while (await environment.undo());
  expect(await contents(folder)).toEqual(before)
  expect(await bytes()).toEqual(first)
  expect(environment.changes()).toEqual([])
})

test('the agent can take back its own last change, which is asked for like the change', async () => {
  const { folder, environment } = await open({ 'a.txt': 'old' }, { writes: 'ask' })
  await act(environment, call('write', { path: 'a.txt', text: 'new' }))
  expect((await act(environment, 'undo()', false)).observation).toMatch(/was refused/)
  expect(await contents(folder)).toEqual({ 'a.txt': 'new' })
  const { asked, observation } = await act(environment, 'undo()')
  expect(asked).toMatchObject([{ effect: 'submit', details: { bytesBefore: 3, bytesAfter: 3, diff: '@@ line 1 @@\n- new\n+ old' } }])
  expect(observation).toBe('The last change of "a.txt" was undone: 3 to 3 bytes.')
  expect(await contents(folder)).toEqual({ 'a.txt': 'old' })
  expect((await act(environment, 'undo()')).observation).toBe('There is nothing to undo.')
})

test('an undo does not write over what somebody else wrote since', async () => {
  const { folder, environment, see } = await open({ 'a.txt': 'old' })
  await see('write', { path: 'a.txt', text: 'new' })
  await put(folder, 'a.txt', 'by the user')
  await expect(environment.undo()).rejects.toMatchObject({
    code: 'environment-failed',
    message: expect.stringMatching(/somebody else/) as string,
  })
  expect(await contents(folder)).toEqual({ 'a.txt': 'by the user' })
  expect(environment.changes()).toHaveLength(1)
})

test('folders made for a file stay where somebody else has put another into them', async () => {
  const { folder, environment, see } = await open({})
  await see('write', { path: 'x/y/a.txt', text: 'a' })
  await put(folder, 'x/other.txt', 'o')
  await environment.undo()
  expect(await contents(folder)).toEqual({ 'x/': '', 'x/other.txt': 'o' })
})

test('a change that could not be undone is not made, nor asked for', async () => {
  const { folder, environment } = await open({ 'a.txt': 'x'.repeat(60) }, { maxUndoCharacters: 100, writes: 'ask' })
  expect((await act(environment, call('write', { path: 'a.txt', text: 'y'.repeat(30) }))).observation).toMatch(/was written/)
  const { observation, asked } = await act(environment, call('write', { path: 'b.txt', text: 'z'.repeat(20) }))
  expect(observation).toMatch(/could not be undone: with it, 110 characters would have to be kept for undoing, and 100 are/)
  expect(asked).toEqual([])
  expect(Object.keys(await contents(folder))).toEqual(['a.txt'])
})

test('a new episode forgets the changes of the last one', async () => {
  const { environment, see } = await open({ 'a.txt': 'old' })
  await see('write', { path: 'a.txt', text: 'new' })
  await environment.reset('Again', { signal })
  expect(environment.changes()).toEqual([])
  expect(await environment.undo()).toBeUndefined()
})

test('an abort while a change is asked for leaves nothing changed, though the answer comes later', async () => {
  const { folder, environment } = await open({ 'a.txt': 'old' }, { writes: 'ask' })
  const controller = new AbortController()
  let answer: (allowed: boolean) => void = () => {}
  let asked: () => void = () => {}
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  const approve = () => (asked(), new Promise<boolean>((resolve) => (answer = resolve)))
  const step = environment.step(call('write', { path: 'new/a.txt', text: 'new' }), { signal: controller.signal, approve })
  await isAsked
  controller.abort()
  await expect(step).rejects.toMatchObject({ code: 'aborted' })
  answer(true)
  await environment.reset('Again', { signal })
  expect(await contents(folder)).toEqual({ 'a.txt': 'old' })
})

/** The folder with a writer that does something at a moment of the writing. */
function watched(folder: FileSystemDirectoryHandle, at: 'create' | 'write' | 'close', happen: () => void): FileSystemDirectoryHandle {
  const stream = (inner: FileSystemWritableFileStream) => ({
    write: (text: string) => (at === 'write' && happen(), inner.write(text)),
    close: () => (at === 'close' && happen(), inner.close()),
    abort: () => inner.abort(),
  })
  const file = (inner: FileSystemFileHandle) => ({
    getFile: () => inner.getFile(),
    createWritable: async () => (at === 'create' && happen(), stream(await inner.createWritable())),
  })
  return {
    name: folder.name,
    kind: 'directory',
    entries: () => folder.entries(),
    removeEntry: (name: string) => folder.removeEntry(name),
    getDirectoryHandle: (...args: Parameters<typeof folder.getDirectoryHandle>) => folder.getDirectoryHandle(...args),
    getFileHandle: async (...args: Parameters<typeof folder.getFileHandle>) => file(await folder.getFileHandle(...args)),
  } as unknown as FileSystemDirectoryHandle
}

test.each(['create', 'write'] as const)('an abort at the %s of a file leaves neither the file nor a part of it', async (at) => {
  const folder = await folderWith({ 'a.txt': 'old' })
  for (const path of ['a.txt', 'new.txt']) {
    const controller = new AbortController()
    const environment = fileEnvironment(
      watched(folder, at, () => controller.abort()),
      { writes: 'allow' },
    )
    await environment.reset('Write', { signal })
    const approve = () => Promise.resolve(true)
    await expect(environment.step(call('write', { path, text: 'new' }), { signal: controller.signal, approve })).rejects.toMatchObject({
      code: 'aborted',
    })
    expect(await environment.undo()).toBeUndefined() // waits for what is under way
    expect(await contents(folder)).toEqual({ 'a.txt': 'old' })
  }
})

test('an abort that comes too late to stop a write does not keep it from being undone', async () => {
  const folder = await folderWith({ 'a.txt': 'old' })
  const controller = new AbortController()
  const environment = fileEnvironment(
    watched(folder, 'close', () => controller.abort()),
    { writes: 'allow' },
  )
  await environment.reset('Write', { signal })
  const approve = () => Promise.resolve(true)
  await expect(
    environment.step(call('write', { path: 'a.txt', text: 'new' }), { signal: controller.signal, approve }),
  ).rejects.toMatchObject({ code: 'aborted' })
  expect(await environment.undo()).toEqual({ path: 'a.txt', before: 'old', after: 'new' })
  expect(await contents(folder)).toEqual({ 'a.txt': 'old' })
})

test('a permission that was withdrawn ends the episode and says what to do; one to write alone is observed', async () => {
  const folder = await folderWith({ 'a.txt': 'old' })
  const denied = () => {
    throw new DOMException('The request is not allowed', 'NotAllowedError')
  }
  let state: PermissionState = 'granted'
  const handle = Object.assign(watched(folder, 'create', denied), { queryPermission: () => Promise.resolve(state) })
  const environment = fileEnvironment(handle, { writes: 'allow' })
  await environment.reset('Write', { signal })
  expect((await act(environment, call('write', { path: 'a.txt', text: 'new' }))).observation).toMatch(
    /does not let this page change "a\.txt"/,
  )
  state = 'prompt'
  await expect(act(environment, call('write', { path: 'a.txt', text: 'new' }))).rejects.toMatchObject({
    code: 'environment-failed',
    message: expect.stringMatching(/requestPermission/) as string,
  })
  expect(await contents(folder)).toEqual({ 'a.txt': 'old' })
})
