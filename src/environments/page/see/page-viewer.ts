/**
 * What a person can see and use of a page, as compact text. One reading of the document, without a write, in short slices; texts that
 * nobody can see never get in, and nothing that a page wrote can pass for a line or a reference of ours (see `plain-text.ts`).
 */
import { throwIfAborted } from '../../../util/abort.ts'
import type { Redactor } from '../../../security/redaction.ts'
import { remember, type Remembered, tellChanges } from './changes.ts'
import { domReader } from './dom.ts'
import { fitLines } from './fit-lines.ts'
import { judge } from './judge.ts'
import type { Line } from './line.ts'
import { plainText, quoted, shortened } from './plain-text.ts'
import { readPage } from './read-page.ts'
import { createReferences, type Resolved } from './references.ts'
import type { Reading } from './seen.ts'
import { inSlices, pageClock, type SliceClock, type Spent, type Work } from './slices.ts'
import { findUsable } from './usable.ts'
import { watchPage, type PageWatch } from './watch-page.ts'
import { whyUnusable } from './why-unusable.ts'
import { writeLines } from './write-lines.ts'

export interface PageViewerOptions {
  /** What is shown: it and all that is in it. Where a modal dialog is open, that dialog instead. */
  root: Element
  /** Longest text of a view. Holds always. */
  maxCharacters: number
  /** Takes secrets out of the text, and learns those that fields hold. */
  redactor: Redactor
  /** Elements that are left out with all that is in them. */
  ignore?(element: Element): boolean
  clock?: SliceClock
}

export interface PageViewer {
  /** Reads the page. Rejects with `aborted`. */
  view(options: { signal: AbortSignal }): Promise<PageView>
  /** The element of a reference that a view showed, or why there is none to use: unknown, gone, ambiguous, not to be seen now. */
  resolve(ref: string): Resolved
  /** The next view is a first one, which tells of no changes. References stay. */
  begin(): void
  /** Forgets everything. References of this viewer are unknown from then on. */
  close(): void
}

export interface PageView {
  text: string
  /** How many were looked at. */
  elements: number
  /** Lines for which there was no room. */
  leftOut: number
  /** Milliseconds of the page's thread. */
  busyMs: number
  longestSliceMs: number
}

/** A page that changes all the time is read as it is after this many attempts. */
const MOST_ATTEMPTS = 3
const NOTHING = 'There is nothing to see: this part of the page is gone or hidden.'

export function createPageViewer(options: PageViewerOptions): PageViewer {
  const { clock = pageClock } = options
  let references = createReferences()
  let before: Remembered | null = null

  const view = async ({ signal }: { signal: AbortSignal }): Promise<PageView> => {
    const spent: Spent = { busyMs: 0, longestSliceMs: 0 }
    for (let attempt = 1; ; attempt++) {
      throwIfAborted(signal)
      const watch = watchPage(options)
      try {
        const stale = (): boolean => attempt < MOST_ATTEMPTS && watch.changed()
        const made = await inSlices(makeView({ options, references, before, watch }), { clock, signal, spent, stale })
        if (!made) continue
        before = made.remembered
        return { text: made.text, elements: made.elements, leftOut: made.leftOut, ...spent }
      } finally {
        watch.stop()
      }
    }
  }
  return {
    view,
    resolve: (ref) => {
      const found = references.find(ref)
      const why = 'element' in found ? whyUnusable(found.element, options.root) : ''
      return why === '' ? found : { problem: `${ref} ${why}` }
    },
    begin: () => void (before = null),
    close: () => {
      references = createReferences()
      before = null
    },
  }
}

interface Making {
  options: PageViewerOptions
  references: ReturnType<typeof createReferences>
  before: Remembered | null
  watch: PageWatch
}

interface Made {
  text: string
  elements: number
  leftOut: number
  remembered: Remembered
}

function* makeView({ options, references, before, watch }: Making): Work<Made> {
  const { root, redactor } = options
  const reading = yield* readPage({ root, ignore: options.ignore ?? (() => false), entered: watch.enter })
  if (reading) yield* judge(reading)
  const candidates = reading ? yield* findUsable(reading) : []
  yield* references.assign(candidates)
  yield
  const lines = reading ? yield* writeLines(reading, redactor) : []
  yield
  const { title, address } = pageOf(root)
  yield
  const remembered = remember(lines, { address: address.replace(/#.*$/, ''), modal: Boolean(reading?.modal) })
  yield
  const head = [`Page: ${quoted(plainText(title), 150)}`, `Address: ${shortened(address, 300)}`, ...tellChanges(lines, before, remembered)]
  if (reading?.modal) head.push('A modal dialog is open: what lies behind it cannot be used now, and is not shown.')
  if (lines.length === 0) head.push(NOTHING)
  yield
  return { ...(yield* fit(head, lines, options, reading)), elements: reading?.elements ?? 0, remembered }
}

function pageOf(root: Element): { title: string; address: string } {
  const dom = domReader()
  const document = dom.documentOf(root)
  const view = document && dom.viewOf(document)
  // What an address may hold unescaped could pass for a reference.
  const address = (view?.location.href ?? '').replaceAll('[', '%5B').replaceAll(']', '%5D').replaceAll('"', '%22')
  return { title: document ? dom.title(document) : '', address }
}

/** Redaction may lengthen a text, so it is done before the text is known to fit. */
function* fit(
  head: readonly string[],
  lines: readonly Line[],
  { maxCharacters, redactor }: PageViewerOptions,
  reading: Reading | null,
): Work<{ text: string; leftOut: number }> {
  const top = redactor.redact(head.join('\n'))
  yield
  const screen = reading?.spaces[0]?.view.innerHeight ?? 0
  let room = maxCharacters - top.length - 1
  for (let attempt = 0; attempt < 4 && room > 0; attempt++) {
    const { text, leftOut } = yield* fitLines(lines, room, screen)
    const whole = text === '' ? top : `${top}\n${redactor.redact(text)}`
    if (whole.length <= maxCharacters) return { text: whole, leftOut }
    room -= whole.length - maxCharacters
  }
  return { text: shortened(top, maxCharacters).slice(0, Math.max(0, maxCharacters)).toWellFormed(), leftOut: lines.length }
}
