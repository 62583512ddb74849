/** Folders of the origin-private file system for tests, each with files of its own. */
import type { ApprovalRequest, Environment, StepResult } from '../../../src/core/environment.ts'

export const signal: AbortSignal = new AbortController().signal

let count = 0

/** An empty folder with these files, removed by nobody: each run of the tests has a fresh profile. */
export async function folderWith(files: Record<string, string | Uint8Array<ArrayBuffer>> = {}): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle(`test-${Date.now().toString(36)}-${count++}`, { create: true })
  for (const [path, content] of Object.entries(files)) await put(folder, path, content)
  return folder
}

export async function put(folder: FileSystemDirectoryHandle, path: string, content: string | Uint8Array<ArrayBuffer>): Promise<void> {
  const names = path.split('/')
  let at = folder
  for (const name of names.slice(0, -1)) at = await at.getDirectoryHandle(name, { create: true })
  const stream = await (await at.getFileHandle(names.at(-1) ?? '', { create: true })).createWritable()
  await stream.write(content)
  await stream.close()
}

/** Every file below, by its path. */
export async function contents(folder: FileSystemDirectoryHandle, at = ''): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  for await (const [name, handle] of folder.entries()) {
    const path = `${at}${name}`
    if (handle.kind === 'directory')
      Object.assign(all, { [`${path}/`]: '' }, await contents(handle as FileSystemDirectoryHandle, `${path}/`))
    else all[path] = await (await (handle as FileSystemFileHandle).getFile()).text()
  }
  return all
}

/** A step whose approval requests are kept, and answered by `answer`. */
export async function act(
  environment: Environment,
  action: string,
  answer: boolean | (() => Promise<boolean>) = true,
): Promise<StepResult & { asked: ApprovalRequest[] }> {
  const asked: ApprovalRequest[] = []
  const approve = (request: ApprovalRequest): Promise<boolean> => {
    asked.push(request)
    return typeof answer === 'function' ? answer() : Promise.resolve(answer)
  }
  return { ...(await environment.step(action, { signal, approve })), asked }
}

export const call = (tool: string, input: object = {}): string => JSON.stringify({ tool, input })
