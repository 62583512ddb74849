/** Shorter forms of a view: what similar situations are looked up by, and what history keeps of one that was answered. Text alone. */
import { closed } from './changes.ts'
import { LANDMARK } from './line.ts'

/** Characters of a digest at most, without and with an action. */
const LOOKED_UP = 1_000
const KEPT = 1_500
const LONGEST_LINE = 200

/**
 * Without `action`: title, address, what changed, and the names of landmarks and headings. With it the same, and above it the lines whose
 * references the action names, under their headings. A text that is no view comes back shortened. Linear in the text.
 */
export function digestPage(observation: string, action?: string): string {
  const most = action === undefined ? LOOKED_UP : KEPT
  if (!observation.startsWith('Page: "')) return cut(observation, most)
  const lines = observation.split('\n')
  const body = lines.findIndex((line) => line.startsWith(`${LANDMARK} `))
  const head = body === -1 ? lines : lines.slice(0, body)
  const rest = body === -1 ? [] : lines.slice(body)
  const used = action === undefined ? [] : usedLines(rest, action)
  const outline = rest.filter(isOutline).filter((line) => !used.includes(line))
  return joined([...head.map(short), ...used.map(short), ...outline.map(short)], most)
}

const isOutline = (line: string): boolean => line.startsWith(`${LANDMARK} `) || /^#{1,6} /.test(line)
const short = (line: string): string =>
  line.length > LONGEST_LINE ? closed(`${line.slice(0, LONGEST_LINE - 1).trimEnd()}…`).toWellFormed() : line

/** Lines with a reference that the action names, each below the landmark and the headings that it stands under. */
function usedLines(lines: readonly string[], action: string): string[] {
  const refs = new Set((action.slice(0, 20_000).match(/\be\d{1,9}\b/g) ?? []).slice(0, 50))
  if (refs.size === 0) return []
  const used = new Set<string>()
  const above: (string | undefined)[] = []
  for (const line of lines) {
    const level = line.startsWith(`${LANDMARK} `) ? 0 : (/^(#{1,6}) /.exec(line)?.[1]?.length ?? 7)
    if (level < 7) above.splice(level, 7, ...Array.from({ length: Math.max(0, level - above.length) }, () => undefined), line)
    if (!names(line, refs)) continue
    for (const heading of above) if (heading !== undefined) used.add(heading)
    used.add(around(line, refs))
  }
  return [...used]
}

/** No page text holds a bracket, so every one of these is ours. */
function names(line: string, refs: ReadonlySet<string>): boolean {
  for (const [, ref = ''] of line.matchAll(/\[(e\d+)\]/g)) if (refs.has(ref)) return true
  return false
}

/** Of a long line the part that begins a little before the reference. */
function around(line: string, refs: ReadonlySet<string>): string {
  if (line.length <= LONGEST_LINE) return line
  const at = [...line.matchAll(/\[(e\d+)\]/g)].find(([, ref = '']) => refs.has(ref))?.index ?? 0
  return at < LONGEST_LINE / 2 ? line : `… ${line.slice(at)}`
}

function joined(lines: readonly string[], most: number): string {
  let text = ''
  for (const [at, line] of lines.entries()) {
    const next = at === 0 ? line : `\n${line}`
    if (text.length + next.length > most - 2) return `${text}\n…`
    text += next
  }
  return text
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`.toWellFormed()
}
