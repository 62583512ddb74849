/**
 * Finds the JSON in what a model wrote around it: thoughts, prose before and after, code fences, drafts. It decides by where values stand and
 * whether they are whole; which one is meant the caller decides by its schema. Takes time in proportion to the text.
 */
import { ALL_KINDS, isWanted, SCALARS, type JsonKind } from './json-kinds.ts'
import { NO_SCALARS, noteScalar, scalarMeant, type ScalarFinds } from './prose-scalars.ts'
import { scanJson, type Scan } from './scan-json.ts'

export interface FoundJson {
  /**
   * Texts that look like whole values of a wanted kind, the likeliest first: from the last back to the first, objects, arrays and what
   * fills a fence or the answer before a word or a number of the prose, of which there is one at most. Parts of another value are not among
   * them. At most 32.
   */
  candidates: readonly string[]
  /** Something follows the last of those that are no words of the prose, besides white space and marks of fences. */
  trailed: boolean
  /** The text ends in the middle of an object or array that is wanted: what stands before it is a draft. */
  unfinished: boolean
  /** The answer without thoughts. */
  spoken: string
}

/** The candidates in `text`. Never throws. */
export function findJson(text: string, kinds: ReadonlySet<JsonKind> = ALL_KINDS): FoundJson {
  const spoken = behindThoughts(text)
  const end = /^\s*[[{"]/.test(spoken) ? -1 : spoken.lastIndexOf(END_OF_THOUGHT)
  if (end === -1) return search(spoken, kinds)
  const found = search(spoken.slice(end + END_OF_THOUGHT.length), kinds)
  if (found.candidates.length > 0 || found.unfinished) return found
  // Drafts in thoughts are no answers; a value with the tag in one of its texts is.
  const candidates = search(spoken, kinds).candidates.filter((json) => json.includes(END_OF_THOUGHT))
  return candidates.length > 0 ? { ...found, candidates, unfinished: false, spoken } : found
}

/** The object that is all of the answer, but for thoughts before it and a fence around it. */
export function wholeObject(text: string): string | undefined {
  const spoken = behindThoughts(text)
  const end = /^\s*[[{"]/.test(spoken) ? -1 : spoken.lastIndexOf(END_OF_THOUGHT)
  const said = (end === -1 ? spoken : spoken.slice(end + END_OF_THOUGHT.length)).replace(/^\s*(?:```[\w+-]{0,20}(?=[\s{]))?\s*/, '')
  const scan = said.startsWith('{') ? scanJson(said, 0) : undefined
  return scan?.ok && ['', '```'].includes(said.slice(scan.end).trim()) ? scan.json : undefined
}

/** Where the first tag stands in the prompt, only this one is in the answer. */
const END_OF_THOUGHT = '</think>'

function search(spoken: string, kinds: ReadonlySet<JsonKind>): FoundJson {
  const work = WORK_FOR_EACH_CHARACTER * spoken.length + 1000
  const finds: Finds = { kinds, containers: [], scalars: NO_SCALARS, unfinished: false, trailed: false, work }
  for (const { from, to, fenced } of segmentsOf(spoken)) {
    const part = spoken.slice(from, to)
    if (part.trim() === '') continue
    finds.trailed = true
    const whole = wholeScalar(part, kinds)
    if (whole === undefined) scanSegment(part, finds)
    else if (fenced || part.length === spoken.length) take(finds, whole, false)
    else finds.scalars = noteScalar(finds.scalars, whole, true)
  }
  const scalar = SCALARS.some((kind) => kinds.has(kind)) ? scalarMeant(spoken, kinds, finds.scalars) : undefined
  const candidates = [...finds.containers.toReversed(), ...(scalar === undefined ? [] : [scalar])].slice(0, MOST)
  return { candidates, trailed: finds.trailed, unfinished: finds.unfinished, spoken }
}

const MOST = 32

/** How often a character may be looked at again, on average, where something did not fit. */
const WORK_FOR_EACH_CHARACTER = 8

interface Finds {
  kinds: ReadonlySet<JsonKind>
  /** Oldest first. */
  containers: string[]
  scalars: ScalarFinds
  unfinished: boolean
  trailed: boolean
  work: number
}

/** Reasoning models think first, between tags. A thought without end has no answer behind it. */
function behindThoughts(text: string): string {
  let at = 0
  for (let tag = thoughtAt(text, at); tag !== undefined; tag = thoughtAt(text, at)) {
    const end = text.indexOf(`</${tag}>`, at)
    if (end === -1) return ''
    at = end + tag.length + 3
  }
  return text.slice(at)
}

function thoughtAt(text: string, at: number): string | undefined {
  THOUGHT.lastIndex = at
  return THOUGHT.exec(text)?.[1]
}

const THOUGHT = /\s*<(think|thinking|thought)>/y

interface Segment {
  from: number
  to: number
  fenced: boolean
}

/** The text between lines that open or close a code fence. No JSON value goes across one: its strings hold no line breaks. */
function segmentsOf(text: string): Segment[] {
  const segments: Segment[] = []
  let from = 0
  let fenced = false
  for (const mark of text.matchAll(FENCE)) {
    segments.push({ from, to: mark.index, fenced })
    from = mark.index + mark[0].length
    fenced = !fenced || mark[1] !== ''
  }
  segments.push({ from, to: text.length, fenced })
  return segments
}

const FENCE = /^[ \t]{0,8}```([\w+-]{0,20})[ \t]*\r?$/gm

function wholeScalar(part: string, kinds: ReadonlySet<JsonKind>): string | undefined {
  const text = part.trim()
  if (text === '' || /^[[{]/.test(text)) return undefined
  const scan = scanJson(text, 0)
  return scan.ok && scan.end === text.length && isWanted(text, kinds) ? scan.json : undefined
}

function scanSegment(text: string, finds: Finds): void {
  finds.unfinished = false // what an earlier segment left open is over
  const scalars = SCALARS.some((kind) => finds.kinds.has(kind))
  const starts = new RegExp(scalars ? /[[{"\-\dtfnTFN]/g : /[[{]/g)
  for (let start = starts.exec(text); start !== null; start = starts.exec(text)) {
    const isContainer = start[0] === '{' || start[0] === '['
    starts.lastIndex = (isContainer ? container : scalar)(text, start.index, finds)
  }
}

/** Takes what begins with a bracket; says where to go on. */
function container(text: string, start: number, finds: Finds): number {
  const scan = scanJson(text, start)
  finds.work -= (scan.ok ? scan.end : scan.at) - start
  const wanted = isWanted(text.slice(start, start + 1), finds.kinds)
  if (!scan.ok) return behindBroken(text, start, { scan, finds, wanted })
  if (wanted) take(finds, scan.json, isTrailed(text, scan.end))
  return scan.end
}

function isTrailed(text: string, end: number): boolean {
  TRAIL.lastIndex = end
  return TRAIL.test(text)
}

const TRAIL = /\s*(?!```\s*$)\S/y

interface Broken {
  scan: Extract<Scan, { ok: false }>
  finds: Finds
  wanted: boolean
}

function behindBroken(text: string, start: number, { scan, finds, wanted }: Broken): number {
  const { at, inside, depth, quoted } = scan
  // A bracket of the prose. What was taken for a string may hold the value; brackets without strings between them fail alike.
  if (!inside) return quoted && finds.work > 0 ? start + 1 : at
  if (text.length - at < 30 && /^[\w.+-]*$/.test(text.slice(at))) {
    finds.unfinished ||= wanted
    return text.length
  }
  // Its parts are no answers: go on behind its end, where it has one.
  const end = finds.work > 0 ? endOfBroken(text, at, depth) : undefined
  finds.work -= (end ?? text.length) - at
  return end ?? at
}

function endOfBroken(text: string, from: number, depth: number): number | undefined {
  let open = depth
  let inString = false
  for (let at = from; at < text.length; at++) {
    const char = text[at]
    if (inString && char === '\\') at++
    else if (char === '"') inString = !inString
    else if (!inString && (char === '{' || char === '[')) open++
    else if (!inString && (char === '}' || char === ']') && --open === 0) return at + 1
  }
  return undefined
}

/** A word or number of a sentence that is JSON, too. */
function scalar(text: string, start: number, finds: Finds): number {
  const isString = text[start] === '"'
  if (finds.work < 0 || (!isString && /[\w$.-]/.test(text[start - 1] ?? ' '))) return start + 1
  const scan = scanJson(text, start)
  const end = scan.ok ? scan.end : scan.at
  finds.work -= end - start
  if (!scan.ok || !isWanted(scan.json, finds.kinds) || /[\r\n]/.test(text.slice(start, end))) return start + 1
  finds.scalars = noteScalar(finds.scalars, scan.json, isLine(text, start, end))
  return end
}

/** Whether nothing but marks of emphasis and of lists shares its lines. Takes time in proportion to those. */
function isLine(text: string, start: number, end: number): boolean {
  let from = start - 1
  while (MARKS.has(text[from] ?? '')) from--
  let to = end
  while (MARKS.has(text[to] ?? '')) to++
  return LINE_ENDS.has(text[from]) && LINE_ENDS.has(text[to])
}

const MARKS: ReadonlySet<string> = new Set([' ', '\t', '\r', '*', '_', '`'])
const LINE_ENDS: ReadonlySet<string | undefined> = new Set([undefined, '\n'])

function take(finds: Finds, json: string, trailed: boolean): void {
  finds.containers.push(json)
  finds.trailed = trailed
  if (finds.containers.length > 2 * MOST) finds.containers.splice(0, MOST)
}
