/**
 * Which word or number of a text is its answer. A sentence holds many that are not, so one counts only where its place says so, or where there
 * is no other.
 */
import { isWanted, type JsonKind } from './json-kinds.ts'
import { scanJson } from './scan-json.ts'

/** What was found of wanted kinds outside of fences. */
export interface ScalarFinds {
  /** On lines of their own. */
  lines: Found
  /** Anywhere. */
  all: Found
}

/** `mixed`: there are several that differ. */
type Found = undefined | 'mixed' | { json: string }

export const NO_SCALARS: ScalarFinds = { lines: undefined, all: undefined }

export function noteScalar({ lines, all }: ScalarFinds, json: string, isLine: boolean): ScalarFinds {
  return { lines: isLine ? also(lines, json) : lines, all: also(all, json) }
}

function also(found: Found, json: string): Found {
  if (found === undefined) return { json }
  return found === 'mixed' || found.json !== json ? 'mixed' : found
}

/** What ends the text behind "answer:", else what stands on a line of its own, else what is the only one. A `null` of the prose means nothing. */
export function scalarMeant(text: string, kinds: ReadonlySet<JsonKind>, { lines, all }: ScalarFinds): string | undefined {
  const told = toldAtEnd(text, kinds)
  if (told !== undefined) return told
  if (lines !== undefined) return lines === 'mixed' ? undefined : lines.json
  return all === undefined || all === 'mixed' || all.json === 'null' ? undefined : all.json
}

function toldAtEnd(text: string, kinds: ReadonlySet<JsonKind>): string | undefined {
  const end = text.trimEnd()
  const line = end.slice(Math.max(end.lastIndexOf('\n') + 1, end.length - LONGEST))
  const [before] = TOLD.exec(line) ?? []
  if (before === undefined || NEGATED.test(before.split(/[.!?;]\s/).at(-1) ?? '')) return undefined
  const said = line.slice(before.length).replace(/^[\s*_`]+|[\s*_`.!]+$/g, '')
  if (said === '' || /^[[{]/.test(said)) return undefined
  const scan = scanJson(said, 0)
  return scan.ok && scan.end === said.length && scan.json !== 'null' && isWanted(scan.json, kinds) ? scan.json : undefined
}

const LONGEST = 1000
const TOLD = /^.*\b(?:answer|result|value|verdict|output|score|solution|conclusion|total)\b[^:\n]{0,30}:/i
const NEGATED = /\b(?:not|no|never|cannot|wrong|neither)\b|n['’]t\b/i
