/** The opened folder, as texts under paths. What the browser throws becomes a sentence that says what to do. */
import { isRepriseError, RepriseError } from '../../core/errors.ts'
import { throwIfAborted } from '../../util/abort.ts'
import { quote } from '../tool-call.ts'
import { isUsableName } from './file-path.ts'

export interface FileTree {
  /** In the order of their names, those that no path can reach and those of the browser left out. */
  list(names: readonly string[], signal: AbortSignal): Promise<Entry[]>
  /** The same of a folder that was listed. */
  below(folder: Entry, signal: AbortSignal): Promise<Entry[]>
  /** As `read`, of a file that was listed. */
  text(file: Entry, signal: AbortSignal): Promise<string | null>
  /** The text, byte for byte (a byte order mark stays); `null` where there is no such file. */
  read(names: readonly string[], signal: AbortSignal): Promise<string | null>
  /**
   * Replaces the whole text at once: another program sees the old text or the new one. Makes the file and its folders where they are
   * missing, and takes them away again where the writing fails. Returns the paths of the folders it made, outermost first.
   */
  write(names: readonly string[], text: string, signal: AbortSignal): Promise<readonly string[]>
  remove(names: readonly string[], signal: AbortSignal): Promise<void>
  /** Removes folders that are empty, innermost first; the others stay. */
  prune(folders: readonly string[]): Promise<void>
}

export type Entry = { names: readonly string[] } & (
  { kind: 'file'; handle: FileSystemFileHandle } | { kind: 'directory'; handle: FileSystemDirectoryHandle }
)

/** @param maxBytes of a file that is read or written. */
export function fileTree(root: FileSystemDirectoryHandle, maxBytes: number): FileTree {
  return {
    list: (names, signal) => told(root, names, () => list(root, names, signal)),
    below: (folder, signal) => told(root, folder.names, () => entriesOf(folder, signal)),
    read: (names, signal) => told(root, names, () => read(root, names, { maxBytes, signal })),
    text: (file, signal) => told(root, file.names, () => textOf(file, { maxBytes, signal })),
    write: (names, text, signal) => told(root, names, () => write(root, names, { text, maxBytes, signal })),
    remove: (names, signal) =>
      told(root, names, async () => {
        const folder = await folderOf(root, names.slice(0, -1))
        throwIfAborted(signal)
        await folder?.removeEntry(names.at(-1) ?? '')
      }),
    prune: (folders) => prune(root, folders),
  }
}

/** What a file is, without its text. */
export async function sizeOf(entry: Entry): Promise<number | null> {
  return entry.kind === 'directory' ? null : (await entry.handle.getFile()).size
}

/** Length in bytes of UTF-8. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}

async function list(root: FileSystemDirectoryHandle, names: readonly string[], signal: AbortSignal): Promise<Entry[]> {
  const handle = await folderOf(root, names)
  if (!handle) throw new Error(`There is no folder ${shown(names)}.`)
  return entriesOf({ names, kind: 'directory', handle }, signal)
}

async function entriesOf({ names, handle: folder }: Entry, signal: AbortSignal): Promise<Entry[]> {
  const entries: (Entry & { name: string })[] = []
  for await (const [name, handle] of (folder as FileSystemDirectoryHandle).entries()) {
    throwIfAborted(signal)
    if (isUsableName(name)) entries.push({ name, names: [...names, name], kind: handle.kind, handle } as Entry & { name: string })
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

interface Reading {
  maxBytes: number
  signal: AbortSignal
}

async function read(root: FileSystemDirectoryHandle, names: readonly string[], reading: Reading): Promise<string | null> {
  const folder = await folderOf(root, names.slice(0, -1))
  const handle = folder && (await fileIn(folder, names.at(-1) ?? ''))
  return handle ? textOf({ names, kind: 'file', handle }, reading) : null
}

async function textOf({ names, handle }: Entry, { maxBytes, signal }: Reading): Promise<string | null> {
  const file = await ifThere((handle as FileSystemFileHandle).getFile())
  if (!file) return null
  if (file.size > maxBytes) throw new Error(`${shown(names)} is too large: ${file.size} bytes, of which at most ${maxBytes} are read.`)
  throwIfAborted(signal)
  return decode(await file.arrayBuffer(), names)
}

function decode(bytes: ArrayBuffer, names: readonly string[]): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    if (!text.includes('\0')) return text
  } catch {
    // It is said below.
  }
  throw new Error(`${shown(names)} is no text in UTF-8 (${bytes.byteLength} bytes), so that it is neither shown nor changed.`)
}

interface Writing {
  text: string
  maxBytes: number
  signal: AbortSignal
}

async function write(root: FileSystemDirectoryHandle, names: readonly string[], writing: Writing): Promise<readonly string[]> {
  const bytes = bytesOf(writing.text)
  if (bytes > writing.maxBytes) throw new Error(`The text is too large: ${bytes} bytes, of which at most ${writing.maxBytes} are written.`)
  const made: string[] = []
  try {
    const folder = await makeFolders(root, names.slice(0, -1), made)
    await writeInto(folder, names.at(-1) ?? '', writing)
    return made
  } catch (error) {
    await prune(root, made)
    throw error
  }
}

async function makeFolders(root: FileSystemDirectoryHandle, names: readonly string[], made: string[]): Promise<FileSystemDirectoryHandle> {
  let folder = root
  for (const [depth, name] of names.entries()) {
    const found = await folderIn(folder, name)
    folder = found ?? (await folder.getDirectoryHandle(name, { create: true }))
    if (!found) made.push(names.slice(0, depth + 1).join('/'))
  }
  return folder
}

async function writeInto(folder: FileSystemDirectoryHandle, name: string, { text, signal }: Writing): Promise<void> {
  const found = await fileIn(folder, name)
  throwIfAborted(signal)
  const handle = found ?? (await folder.getFileHandle(name, { create: true }))
  let stream: FileSystemWritableFileStream | undefined
  try {
    // What is written lies beside the file until the stream is closed.
    stream = await handle.createWritable()
    throwIfAborted(signal)
    await stream.write(text)
    throwIfAborted(signal)
    await stream.close()
  } catch (error) {
    await stream?.abort().catch(() => {}) // fails where it has ended already
    if (!found && (await handle.getFile().catch(() => undefined))?.size === 0) await folder.removeEntry(name).catch(() => {})
    throw error
  }
}

async function prune(root: FileSystemDirectoryHandle, folders: readonly string[]): Promise<void> {
  for (const path of folders.toReversed()) {
    const names = path.split('/')
    const parent = await folderOf(root, names.slice(0, -1)).catch(() => undefined)
    await parent?.removeEntry(names.at(-1) ?? '').catch(() => {}) // not empty: somebody uses it
  }
}

/** `undefined` where it, or one above it, is not there. */
async function folderOf(root: FileSystemDirectoryHandle, names: readonly string[]): Promise<FileSystemDirectoryHandle | undefined> {
  let folder: FileSystemDirectoryHandle | undefined = root
  for (const name of names) folder = folder && (await folderIn(folder, name))
  return folder
}

async function folderIn(folder: FileSystemDirectoryHandle, name: string): Promise<FileSystemDirectoryHandle | undefined> {
  return exactly(folder, name, await ifThere(folder.getDirectoryHandle(name)))
}

async function fileIn(folder: FileSystemDirectoryHandle, name: string): Promise<FileSystemFileHandle | undefined> {
  return exactly(folder, name, await ifThere(folder.getFileHandle(name)))
}

/**
 * Some disks find a file by other names, too: in another case, in another form of Unicode, by a short name. Only the name that it is
 * listed by counts, so that what is hidden or protected by its name is so by all of them.
 */
async function exactly<T>(folder: FileSystemDirectoryHandle, name: string, found: T | undefined): Promise<T | undefined> {
  if (found === undefined) return undefined
  for await (const [listed] of folder.entries()) if (listed === name) return found
  throw new Error(`${quote(name)} is another name of something that is there. Use names as they are listed.`)
}

async function ifThere<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (nameOf(error) === 'NotFoundError') return undefined
    throw error
  }
}

/** Errors: `environment-failed` where the whole folder may no longer be read, or is gone; what the agent can work around is a plain error. */
async function told<T>(root: FileSystemDirectoryHandle, names: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isRepriseError(error) || !(error instanceof DOMException || error instanceof TypeError)) throw error
    if (error.name === 'NotAllowedError' || error.name === 'SecurityError') await refusedWholly(root, error)
    throw new Error(sentence(names, error), { cause: error })
  }
}

async function refusedWholly(root: FileSystemDirectoryHandle, cause: unknown): Promise<void> {
  const { queryPermission } = root as { queryPermission?: (mode: { mode: 'read' }) => Promise<PermissionState> }
  const state = await queryPermission?.call(root, { mode: 'read' }).catch(() => 'denied')
  if (state === 'granted') return
  throw new RepriseError(
    'environment-failed',
    `The browser no longer lets this page use the folder ${quote(root.name)}. What was written before is kept. ` +
      'Ask the user again, by a click that calls requestPermission on the handle, and start over.',
    { cause },
  )
}

function sentence(names: readonly string[], error: DOMException | TypeError): string {
  const what = shown(names)
  switch (error.name) {
    case 'TypeMismatchError':
      return `${what} cannot be used so: it is, or lies below, something of the other kind (a file is no folder).`
    case 'NotAllowedError':
    case 'SecurityError':
      return `The browser does not let this page change ${what}. Ask the user, or do without.`
    case 'NoModificationAllowedError':
    case 'InvalidModificationError':
      return `${what} cannot be changed now: it is in use, or a folder that is not empty.`
    case 'QuotaExceededError':
      return `There is no room left to write ${what}. Nothing was changed.`
    case 'NotReadableError':
    case 'InvalidStateError':
    case 'NotFoundError':
      return `${what} was changed or removed while it was used. Look again.`
    default:
      return `${what} cannot be used: the browser says ${error.name}.`
  }
}

function shown(names: readonly string[]): string {
  return names.length === 0 ? 'the opened folder' : quote(names.join('/'))
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : ''
}
