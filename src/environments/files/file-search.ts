/** Plain text, looked for in a folder and all below it. Bounded: what was not looked at is counted and said. */
import { throwIfAborted } from '../../util/abort.ts'
import { isVersionControl } from './file-path.ts'
import type { Entry, FileTree } from './file-tree.ts'

export interface SearchOptions {
  /** Where to begin. */
  names: readonly string[]
  text: string
  ignoreCase: boolean
  /** Of paths that are not looked into. */
  ignore(path: string): boolean
  /** Takes out of a file's text what must not be shown. */
  redact(text: string): string
  signal: AbortSignal
}

export interface Found {
  /** `path:line: text`, in the order of the paths. */
  matches: readonly string[]
  /** Files looked through. */
  files: number
  /** Files that are no text, or too large. */
  unread: number
  /** It ended at a bound, so that there may be more. */
  cut: boolean
}

const MOST_MATCHES = 50
const MOST_ENTRIES = 5000
/** Of all texts looked through. */
const MOST_CHARACTERS = 20_000_000
const LINE_CHARACTERS = 200
const DEEPEST = 32

/** Version control folders are left out. */
export async function searchFiles(tree: FileTree, options: SearchOptions): Promise<Found> {
  const { signal } = options
  const found = { matches: [] as string[], files: 0, unread: 0, cut: false }
  let characters = 0
  for await (const file of filesBelow(tree, options, () => (found.cut = true))) {
    const content = await tree.text(file, signal).catch((error: unknown) => {
      throwIfAborted(signal)
      if (!(error instanceof Error) || error.name !== 'Error') throw error
    })
    if (typeof content !== 'string') {
      found.unread++
      continue
    }
    found.files++
    characters += content.length
    found.matches.push(...matchesIn(file.names.join('/'), content, options))
    if (found.matches.length <= MOST_MATCHES && characters <= MOST_CHARACTERS) continue
    return { ...found, matches: found.matches.slice(0, MOST_MATCHES), cut: true }
  }
  return found
}

/** One more than are told at most. */
function matchesIn(path: string, content: string, { text, ignoreCase, redact }: SearchOptions): string[] {
  const fold = (part: string): string => (ignoreCase ? part.toLowerCase() : part)
  const wanted = fold(text)
  // What is taken out costs time, and cannot make a match.
  if (!fold(content).includes(wanted)) return []
  const matches: string[] = []
  for (const [index, line] of redact(content).split('\n').entries()) {
    const at = fold(line).indexOf(wanted)
    if (at !== -1) matches.push(`${path}:${index + 1}: ${around(line, at)}`)
    if (matches.length > MOST_MATCHES) break
  }
  return matches
}

/** Depth first. */
async function* filesBelow(tree: FileTree, { names, ignore, signal }: SearchOptions, onCut: () => void): AsyncGenerator<Entry> {
  const open: (readonly Entry[])[] = [await tree.list(names, signal)]
  let entries = 0
  for (let at = open.pop(); at; at = open.pop())
    for (const [index, entry] of at.entries()) {
      if (ignore(entry.names.join('/')) || isVersionControl(entry.names)) continue
      if (++entries > MOST_ENTRIES || entry.names.length > DEEPEST) return onCut()
      if (entry.kind === 'file') yield entry
      else {
        open.push(at.slice(index + 1), await tree.below(entry, signal))
        break
      }
    }
}

/** The line, or the part of it around the match. */
function around(line: string, at: number): string {
  if (line.length <= LINE_CHARACTERS) return line.trim()
  const start = Math.max(0, Math.min(at, line.length - 1) - LINE_CHARACTERS / 2)
  return `…${line.slice(start, start + LINE_CHARACTERS).toWellFormed()}… (${line.length} characters)`
}
