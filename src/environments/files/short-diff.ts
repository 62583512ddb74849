/** What a change does to a text, short enough to be looked at before it is allowed. */

export interface ShortDiff {
  /** Lines. */
  added: number
  removed: number
  /** The changed part, `-` and `+` before its lines, the middle left out where it is long; nothing that prints as something else. */
  text: string
}

/** Lines shown of what goes and of what comes. */
const LINES = 12
const LINE_CHARACTERS = 160

/** The lines between the first and the last that differ. `null` is a file that is not there. */
export function shortDiff(before: string | null, after: string | null): ShortDiff {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  const most = Math.min(old.length, fresh.length)
  let start = 0
  while (start < most && old[start] === fresh[start]) start++
  let end = 0
  while (end < most - start && old.at(-1 - end) === fresh.at(-1 - end)) end++
  const removed = old.slice(start, old.length - end)
  const added = fresh.slice(start, fresh.length - end)
  const text = [`@@ line ${start + 1} @@`, ...marked('-', removed), ...marked('+', added)].join('\n')
  return { added: added.length, removed: removed.length, text }
}

function linesOf(text: string | null): readonly string[] {
  return text ? text.split('\n') : []
}

function marked(mark: string, lines: readonly string[]): string[] {
  const half = LINES / 2
  const left = lines.length - LINES
  const kept = left > 0 ? [...lines.slice(0, half), ...lines.slice(-half)] : lines
  const shown = kept.map((line) => `${mark} ${visible(line)}`)
  return left > 0 ? [...shown.slice(0, half), `${mark} … ${left} more lines …`, ...shown.slice(half)] : shown
}

function visible(line: string): string {
  const cut = line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)}… (${line.length} characters)` : line
  // Control characters and those that turn the direction of writing would show the person something else than is written.
  return cut
    .toWellFormed()
    .replaceAll('\r', '␍')
    .replaceAll(/[^\P{C}\t\u200c\u200d]/gu, '\ufffd')
}
