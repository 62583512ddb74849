/** Reads what the specifications v2, v3 and v4 of the AI SDK write differently: finish reasons, usage and warnings. */
import type { Usage } from '../core/model.ts'
import type { RemoteQuirks } from './remote-presets.ts'

/** Why an answer ended. */
export interface Finish {
  /** By the SDK's name. */
  reason: string
  /** By the vendor's name. */
  raw: string | undefined
  /** The stream ended before the model said that it was done. */
  cut: boolean
}

/** v2 writes a name, later specifications `{ unified, raw }`. */
export function readFinish(value: unknown): Finish {
  const { unified, raw } = typeof value === 'string' ? { unified: value, raw: value } : fields(value)
  const reason = typeof unified === 'string' ? unified : 'unknown'
  const cut = reason === 'unknown' || reason === 'interrupted' || (reason === 'other' && raw === undefined)
  return { reason, raw: typeof raw === 'string' ? raw : undefined, cut }
}

/** v2 writes numbers, later specifications `{ total, cacheRead, … }`. */
export function readUsage(value: unknown, { tellsCost }: RemoteQuirks): Usage {
  const { inputTokens, outputTokens, cachedInputTokens, raw } = fields(value)
  const { cost, prompt_cache_hit_tokens: hits } = fields(raw)
  // The SDK says 0 where the server says nothing.
  const cached = count(cachedInputTokens) || count(fields(inputTokens).cacheRead) || count(hits)
  return {
    inputTokens: count(inputTokens) || count(fields(inputTokens).total),
    outputTokens: count(outputTokens) || count(fields(outputTokens).total),
    ...(cached > 0 && { cachedInputTokens: cached }),
    ...(tellsCost && typeof cost === 'number' && cost >= 0 && { costUSD: cost }),
  }
}

/** One line for each. */
export function readWarnings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(toLine) : []
}

function toLine(warning: unknown): string {
  const { message, feature, setting, tool, details } = fields(warning)
  if (typeof message === 'string') return message
  const what = [feature, setting, fields(tool).name].find((name) => typeof name === 'string')
  const name = typeof what === 'string' ? (OUR_NAMES[what] ?? what) : 'a setting'
  return typeof details === 'string' ? `${name}: ${details}` : `${name} was left out: the model does not take it`
}

const OUR_NAMES: Readonly<Record<string, string>> = {
  maxOutputTokens: 'maxTokens',
  stopSequences: 'stop',
  responseFormat: 'responseSchema',
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function count(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0
}
