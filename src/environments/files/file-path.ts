/**
 * Paths as a model writes them. A path is a list of plain names below the folder that was opened: whatever could lead out of it, or
 * mean one file to this code and another to the disk, is refused before the browser sees it.
 */
import { quote } from '../tool-call.ts'

export type ReadPath = { ok: true; path: string; names: readonly string[] } | { ok: false; problem: string }

const LONGEST_PATH = 1024
/** Of a name, in bytes of UTF-8: what common file systems take. */
const LONGEST_NAME = 255

/** Reads `folder/name.txt`; an empty text is the opened folder itself. Compared by its names, so two paths are one file only if they are equal. */
export function readPath(text: string): ReadPath {
  if (text === '') return { ok: true, path: '', names: [] }
  const names = text.split('/')
  const problem = problemOfPath(text) ?? names.map(problemOfName).find((found) => found !== undefined)
  return problem === undefined ? { ok: true, path: text, names } : { ok: false, problem: `${quote(text)} is no path here: ${problem}.` }
}

/** Whether a file of this name could be reached by a path. */
export function isUsableName(name: string): boolean {
  return !name.includes('/') && problemOfPath(name) === undefined && problemOfName(name) === undefined
}

/**
 * Whether a path leads into what a version control system keeps for itself. A file written there can become a command that runs
 * outside the browser (a hook, a setting of `git`), so nothing is written there, asked or not.
 */
export function isVersionControl(names: readonly string[]): boolean {
  return names.some((name) => VERSION_CONTROL.has(withoutJoiners(name).toLowerCase()))
}

// Some disks know a folder by a second, short name, too.
const VERSION_CONTROL: ReadonlySet<string> = new Set(['.git', 'git~1', '.hg', '.svn', '.bzr', '.jj'])

function problemOfPath(text: string): string | undefined {
  if (text.length > LONGEST_PATH) return `it is longer than ${LONGEST_PATH} characters`
  if (text.startsWith('/')) return 'it must not begin with "/"; paths are relative to the opened folder'
  if (text.includes('\\')) return 'names are separated by "/", and hold no "\\"'
  if (INVISIBLE.test(withoutJoiners(text))) return 'it holds characters that cannot be seen'
  return undefined
}

function problemOfName(name: string): string | undefined {
  if (name === '') return 'a name in it is empty (no "//", no "/" at the end; leave the path out for the opened folder itself)'
  const plain = withoutJoiners(name).normalize('NFKC')
  if (plain === '') return 'a name in it cannot be seen'
  if (/^\.{1,2}$/.test(plain)) return 'it must not hold "." or ".." as a name; it starts at the opened folder and leads down'
  if (/[/\\]/.test(plain) || name !== name.normalize('NFC')) return 'it holds characters that stand for others'
  if (/[<>:"|?*]/.test(plain)) return 'names hold none of < > : " | ? *'
  if (/[\s.]$|^\s/.test(plain)) return 'names neither begin with a space nor end with a space or a dot'
  if (RESERVED.test(plain)) return `${quote(name)} is a name that some systems keep for themselves`
  if (/\.crswap$/i.test(plain)) return 'the browser keeps names that end with .crswap for itself'
  if (new TextEncoder().encode(name).length > LONGEST_NAME) return `a name in it is longer than ${LONGEST_NAME} bytes`
  return undefined
}

/** Control and format characters, lone surrogates, line and paragraph separators; but the joiners that some scripts are written with. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u
const JOINERS = /[\u200c\u200d]/g

const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$|clock\$)\s*(?:\.|$)/i

/** Some disks take no notice of them when they compare names. */
function withoutJoiners(text: string): string {
  return text.replaceAll(JOINERS, '')
}
