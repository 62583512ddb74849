/** What an agent can do with the files of a folder, as tools. What changes a file is asked for with the facts of the change. */
import type { StepContext } from '../../core/environment.ts'
import { isRepriseError, type RepriseError } from '../../core/errors.ts'
import type { JsonSchema } from '../../core/json.ts'
import { abortable, throwIfAborted } from '../../util/abort.ts'
import { quote } from '../tool-call.ts'
import type { Tool } from '../tool.ts'
import type { ChangeLog, FileChange } from './change-log.ts'
import { isVersionControl, readPath } from './file-path.ts'
import { searchFiles } from './file-search.ts'
import { bytesOf, sizeOf, type FileTree } from './file-tree.ts'
import { shortDiff } from './short-diff.ts'

/** What the tools work on. */
export interface Desk {
  tree: FileTree
  log: ChangeLog
  /** Name of the opened folder. */
  folder: string
  writes: 'ask' | 'allow'
  ignore(path: string): boolean
  redact(text: string): string
  /** Characters of an observation. */
  maxCharacters: number
  /** The step under way. */
  step(): StepUnderWay
}

export interface StepUnderWay {
  action: string
  approve: StepContext['approve']
  /** What ends the episode, rather than being observed. */
  failure?: RepriseError
}

/** Their effects are asked for by themselves, when it is known what would change. */
export function fileTools(desk: Desk): Tool[] {
  return [
    tool<{ path?: string }>(desk, {
      name: 'list',
      description: 'Lists a folder: its files with their sizes, its folders with "/" at the end.',
      fields: { path: { ...PATH, description: 'Of the folder, e.g. "notes/2024"; left out for the opened folder.' } },
      required: [],
      run: ({ path = '' }, signal) => listFolder(desk, namesOf(desk, path), signal),
    }),
    tool<{ path: string; from?: number }>(desk, {
      name: 'read',
      description: 'Shows the text of a file, from a line on.',
      fields: { path: PATH, from: { type: 'integer', minimum: 1, description: 'The first line to show; 1 where left out.' } },
      required: ['path'],
      run: ({ path, from = 1 }, signal) => readLines(desk, { path, from }, signal),
    }),
    tool<{ text: string; path?: string; ignoreCase?: boolean }>(desk, {
      name: 'search',
      description: 'Finds the lines that contain a text, in all files of a folder and below.',
      fields: {
        text: { type: 'string', minLength: 1, maxLength: 1000, description: 'Plain text of one line.' },
        path: { ...PATH, description: 'Of the folder; left out for the opened folder.' },
        ignoreCase: { type: 'boolean' },
      },
      required: ['text'],
      run: (input, signal) => search(desk, input, signal),
    }),
    tool<{ path: string; text: string }>(desk, {
      name: 'write',
      description: 'Makes a file, or replaces the whole text of one.',
      fields: { path: PATH, text: { type: 'string' } },
      required: ['path', 'text'],
      run: ({ path, text }, signal) => writeWhole(desk, { path, text }, signal),
    }),
    tool<{ path: string; old: string; new: string }>(desk, {
      name: 'edit',
      description: 'Replaces one passage of a file. "old" must stand in the file exactly once, with every space and line break.',
      fields: { path: PATH, old: { type: 'string', minLength: 1 }, new: { type: 'string' } },
      required: ['path', 'old', 'new'],
      run: (input, signal) => edit(desk, input, signal),
    }),
    tool<{ path: string }>(desk, {
      name: 'remove',
      description: 'Removes a file.',
      fields: { path: PATH },
      required: ['path'],
      run: async ({ path }, signal) => {
        const before = await textOf(desk, path, signal)
        return change(desk, { verb: 'Remove', change: { path, before, after: null }, signal })
      },
    }),
    tool<Record<string, never>>(desk, {
      name: 'undo',
      description: 'Takes back the last change that you made to a file.',
      fields: {},
      required: [],
      run: (_, signal) => undoLast(desk, signal),
    }),
  ]
}

const PATH = { type: 'string', maxLength: 1024, description: 'Relative to the opened folder, e.g. "notes/today.txt".' } as const
const MOST_ENTRIES = 200

interface Definition<Input> {
  name: string
  description: string
  fields: Record<string, JsonSchema>
  required: readonly string[]
  run(input: Input, signal: AbortSignal): Promise<string>
}

function tool<Input>(desk: Desk, { name, description, fields, required, run }: Definition<Input>): Tool {
  const inputSchema = { type: 'object', properties: fields, required, additionalProperties: false }
  const execute = async (input: unknown, { signal }: { signal: AbortSignal }): Promise<string> => {
    const step = desk.step()
    try {
      return await run(input as Input, signal)
    } catch (error) {
      if (isRepriseError(error, 'environment-failed')) step.failure = error
      throw error
    }
  }
  return { name, description, inputSchema, execute }
}

function namesOf(desk: Desk, path: string): readonly string[] {
  const read = readPath(path)
  if (!read.ok) throw new Error(read.problem)
  const hidden = read.names.some((_, depth) => desk.ignore(read.names.slice(0, depth + 1).join('/')))
  if (hidden) throw new Error(`${quote(path)} may not be used.`)
  return read.names
}

async function textOf(desk: Desk, path: string, signal: AbortSignal): Promise<string> {
  const text = await desk.tree.read(namesOf(desk, fileAt(path)), signal)
  if (text === null) throw new Error(`There is no file ${quote(path)}.`)
  return text
}

function fileAt(path: string): string {
  if (path === '') throw new Error('The path of a file must not be empty.')
  return path
}

async function listFolder(desk: Desk, names: readonly string[], signal: AbortSignal): Promise<string> {
  const all = (await desk.tree.list(names, signal)).filter((entry) => !desk.ignore(entry.names.join('/')))
  const what = names.length === 0 ? `The opened folder ${quote(desk.folder)}` : quote(names.join('/'))
  if (all.length === 0) return `${what} is empty.`
  const lines: string[] = []
  for (const entry of all.slice(0, MOST_ENTRIES)) {
    throwIfAborted(signal)
    const size = await sizeOf(entry).catch(() => null)
    const name = entry.names.at(-1) ?? ''
    lines.push(entry.kind === 'directory' ? `${name}/` : `${name}${size === null ? '' : ` (${size} bytes)`}`)
  }
  const left = all.length - lines.length
  return [`${what} holds:`, ...lines, ...(left > 0 ? [`… and ${left} more, which are not listed.`] : [])].join('\n')
}

async function readLines(desk: Desk, { path, from }: { path: string; from: number }, signal: AbortSignal): Promise<string> {
  const whole = await textOf(desk, path, signal)
  // Redacted as a whole: a part of a secret is hard to recognise.
  const lines = desk.redact(whole.replace(/^\ufeff/, '')).split('\n')
  if (from > lines.length) return `${quote(path)} has only ${lines.length} lines.`
  const room = desk.maxCharacters - 300
  let until = from - 1
  for (let used = 0; until < lines.length && used + (lines[until] ?? '').length <= room; until++) used += (lines[until] ?? '').length + 1
  const shown = until === from - 1 ? [(lines[until++] ?? '').slice(0, Math.max(0, room)).toWellFormed()] : lines.slice(from - 1, until)
  const cut = shown.length === 1 && shown[0] !== lines[from - 1] ? ' The line is too long to be shown whole.' : ''
  const more = until < lines.length ? ` Read on from line ${until + 1}.` : ''
  return `${quote(path)}, lines ${from} to ${until} of ${lines.length} (${bytesOf(whole)} bytes).${cut}${more}\n${shown.join('\n')}`
}

async function search(
  desk: Desk,
  { text, path = '', ignoreCase = false }: { text: string; path?: string; ignoreCase?: boolean },
  signal: AbortSignal,
): Promise<string> {
  if (/[\r\n]/.test(text)) throw new Error('The text must be of one line.')
  const { ignore, redact, tree } = desk
  const { matches, files, unread, cut } = await searchFiles(tree, { names: namesOf(desk, path), text, ignoreCase, ignore, redact, signal })
  const looked = `${files} files were looked through${unread > 0 ? `, ${unread} were not: they are no text, or too large` : ''}.`
  const bounded = cut ? ' There may be more than this: search in a folder, or for a longer text.' : ''
  const head = matches.length === 0 ? `${quote(text)} was not found.` : `${matches.length} lines contain ${quote(text)}.`
  return [`${head} ${looked}${bounded}`, ...matches].join('\n')
}

async function writeWhole(desk: Desk, { path, text }: { path: string; text: string }, signal: AbortSignal): Promise<string> {
  const before = await desk.tree.read(namesOf(desk, fileAt(path)), signal)
  if (before !== null && desk.redact(before) !== before)
    throw new Error(`${quote(path)} holds something that was not shown, and would be lost. Use edit for the parts that are to change.`)
  return change(desk, { verb: 'Write', change: { path, before, after: text.toWellFormed() }, signal })
}

async function edit(desk: Desk, input: { path: string; old: string; new: string }, signal: AbortSignal): Promise<string> {
  const { path, old } = input
  const before = await textOf(desk, path, signal)
  // What was not shown can be neither matched nor, by a change beside it, brought to light.
  const seen = desk.redact(before)
  if (!isOnce(seen, old) || !isOnce(before, old)) throw new Error(notOnce(seen, input))
  const after = replaced(before, input)
  if (seen !== before && desk.redact(after) !== desk.redact(replaced(seen, input)))
    throw new Error(`${quote(path)} holds something that is not shown, next to what is to change. Change another part.`)
  return change(desk, { verb: 'Change', change: { path, before, after }, signal })
}

function isOnce(text: string, part: string): boolean {
  const first = text.indexOf(part)
  return first !== -1 && !text.includes(part, first + 1)
}

/** `old` stands in it once. */
function replaced(text: string, { old, new: fresh }: { old: string; new: string }): string {
  const at = text.indexOf(old)
  return `${text.slice(0, at)}${fresh}${text.slice(at + old.length)}`.toWellFormed()
}

function notOnce(text: string, { path, old }: { path: string; old: string }): string {
  let count = 0
  for (let at = text.indexOf(old); at !== -1; at = text.indexOf(old, at + 1)) count++
  if (count > 1) return `"old" stands ${count} times in ${quote(path)}. Give more of what stands around it, so that it is there once.`
  const lines = text.includes('\r\n') && !old.includes('\r\n') && old.includes('\n')
  return `"old" does not stand in ${quote(path)}. ${lines ? 'The lines of this file end with "\\r\\n".' : 'Read the file, and copy the passage exactly.'}`
}

interface Wanted {
  verb: 'Write' | 'Change' | 'Remove' | 'Undo the last change of'
  change: FileChange
  signal: AbortSignal
}

/** Asks where it must be asked, then makes the change, unless the file is another one by then. */
async function change(desk: Desk, wanted: Wanted): Promise<string> {
  const { path, before, after } = wanted.change
  if (before === after) return `${quote(path)} is so already; nothing was written.`
  if (isVersionControl(path.split('/'))) throw new Error(`${quote(path)} belongs to the version control. Nothing is written there.`)
  desk.log.check(wanted.change)
  await askFor(desk, wanted)
  await desk.log.make(wanted.change, wanted.signal)
  return after === null ? `${quote(path)} was removed.` : `${quote(path)} was written: ${sizes(before, after)}.`
}

async function undoLast(desk: Desk, signal: AbortSignal): Promise<string> {
  const last = desk.log.changes().at(-1)
  if (!last) return 'There is nothing to undo.'
  const { path, before, after } = last
  await askFor(desk, { verb: 'Undo the last change of', change: { path, before: after, after: before }, signal })
  // The host may have undone it while it was asked.
  const now = desk.log.changes().at(-1)
  if (now?.path !== path || now.after !== after || now.before !== before)
    throw new Error('The last change is another one by now. Nothing was undone.')
  await desk.log.undo(signal)
  return `The last change of ${quote(path)} was undone: ${before === null ? 'the file is gone again' : sizes(after, before)}.`
}

/** Throws where it is refused. */
async function askFor(desk: Desk, { verb, change: { path, before, after }, signal }: Wanted): Promise<void> {
  const removes = verb === 'Remove'
  throwIfAborted(signal)
  if (desk.writes === 'allow' && !removes) return
  const { action, approve } = desk.step()
  const diff = shortDiff(before, after)
  const size = (text: string | null): number | null => (text === null ? null : bytesOf(text))
  const request = {
    effect: removes ? ('destructive' as const) : ('submit' as const),
    action,
    description: `${verb} ${quote(path)} in the folder ${quote(desk.folder)} (${sizes(before, after)}; lines: ${diff.added} added, ${diff.removed} removed). It can be undone.`,
    details: { path, folder: desk.folder, bytesBefore: size(before), bytesAfter: size(after), diff: desk.redact(diff.text) },
    scope: path,
    ...(removes && { always: true }),
  }
  const allowed = await abortable(approve(request), signal)
  throwIfAborted(signal)
  if (!allowed) throw new Error(`${quote(path)} was not touched: it needs approval, which was refused.`)
}

function sizes(before: string | null, after: string | null): string {
  if (after === null) return `${bytesOf(before ?? '')} bytes go`
  return before === null ? `new, ${bytesOf(after)} bytes` : `${bytesOf(before)} to ${bytesOf(after)} bytes`
}
