/** Reading a tool call that a model wrote as text. What cannot be read is described, so that the model can do better. */
import type { JsonValue } from '../core/json.ts'
import { readJson } from '../util/schema/read-json.ts'

export type ParsedCall = { ok: true; tool: string; input: JsonValue } | { ok: false; problem: string }

/** How an action is to be written. */
export const CALL_FORMAT = '{"tool": "<name>", "input": {…}} or <name>({…})'

/**
 * Reads `{"tool":"name","input":{…}}` or `name({…})`, with or without a code fence around it.
 * Anything beside the one call is refused: it is unclear what a half-read action would do.
 */
export function parseCall(action: string): ParsedCall {
  const text = withoutFence(action.trim())
  if (text === '') return problem('The action is empty.')
  return text.startsWith('{') ? parseObject(text) : parseFunction(text)
}

function withoutFence(text: string): string {
  return /^```\w*\s*\n([^]*?)\n\s*```$/.exec(text)?.[1]?.trim() ?? text
}

function parseObject(text: string): ParsedCall {
  const read = readJson(text)
  if (!read.ok) return problem(`The action is not valid JSON: ${read.why}.`)
  const { tool, input = {}, ...rest } = read.value as Record<string, JsonValue>
  if (typeof tool !== 'string') return problem('The action has no "tool" with the name of a tool.')
  const unknown = Object.keys(rest)
  if (unknown.length > 0)
    return problem(`The action has unknown fields: ${unknown.slice(0, 5).map(quote).join(', ')}. What the tool needs belongs into "input".`)
  return { ok: true, tool, input }
}

function parseFunction(text: string): ParsedCall {
  const open = text.indexOf('(')
  const tool = text.slice(0, Math.max(0, open)).trim()
  if (open === -1 || tool === '' || /\s/.test(tool)) return problem(`${quote(text)} is not a tool call.`)
  if (!/\);?$/.test(text)) return problem(`The call of ${quote(tool)} must end with ")", and be the only thing in the action.`)
  const inner = text.slice(open + 1, text.lastIndexOf(')')).trim()
  const read = inner === '' ? { ok: true as const, value: {} } : readJson(inner)
  return read.ok ? { ok: true, tool, input: read.value } : problem(`The input of ${quote(tool)} is not valid JSON: ${read.why}.`)
}

/** A name or text as a model wrote it, safe to repeat: in quotes, and short. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}

function problem(text: string): ParsedCall {
  return { ok: false, problem: text }
}
