/** Answers that must match a schema: what is asked in words where a model does not keep to one by itself, and how the answer is read. */
import type { JsonSchema, JsonValue } from '../../core/json.ts'
import type { GenerateRequest, LanguageModel } from '../../core/model.ts'
import { createFence } from '../../security/fence.ts'
import { contentHash } from '../../util/hash.ts'
import type { Checked } from '../../util/schema/checked.ts'
import { readJson } from '../../util/schema/read-json.ts'
import { withNote, type Reading } from './ask-for.ts'
import { findJson } from './find-json.ts'
import type { JsonKind } from './json-kinds.ts'

/** A value that a model gave, and the JSON that it was read from. */
export interface JsonAnswer {
  value: unknown
  json: string
}

/** `request`, with the schema in the request where the model's own decoding keeps to it, else in the last message. */
export function requestFor(model: LanguageModel, request: GenerateRequest, schema: JsonSchema): GenerateRequest {
  const { responseSchema: _schema, stop: _stop, ...rest } = request
  if (model.capabilities?.schema) return { ...rest, responseSchema: schema }
  const text = JSON.stringify(schema)
  const fence = createFence(contentHash(text))
  const note = `Answer with one JSON value that matches this JSON Schema, and with nothing else: no explanation before or after it, no code fence.\n${fence.wrap('schema', text)}`
  return { ...rest, messages: withNote(request.messages, note) }
}

/** Which of the values in `text` passes `check`: the likeliest one first. Where others pass as well and words follow, those may have taken it back. */
export async function readAnswer(
  text: string,
  kinds: ReadonlySet<JsonKind>,
  check: (value: JsonValue) => Promise<Checked>,
): Promise<Reading<JsonAnswer>> {
  const { candidates, trailed, unfinished, spoken } = findJson(text, kinds)
  if (unfinished) return { ok: false, problems: ['the JSON breaks off before its end'] }
  let problems: readonly string[] | undefined
  let passed: { answer: JsonAnswer; canonical: string } | undefined
  for (const json of candidates) {
    const read = readJson(json)
    const checked: Checked = read.ok ? await check(read.value) : { ok: false, problems: [`it is not valid JSON: ${read.why}`] }
    if (read.ok && checked.ok) {
      const canonical = JSON.stringify(read.value)
      if (passed && passed.canonical !== canonical) return { ok: false, problems: [AMBIGUOUS] }
      passed ??= { answer: { value: checked.value, json }, canonical }
      if (!trailed) break
    } else if (!checked.ok) problems ??= checked.problems.length > 0 ? checked.problems : ['it does not match the schema']
  }
  return passed ? { ok: true, value: passed.answer } : { ok: false, problems: problems ?? [nothingIn(spoken, kinds)] }
}

const AMBIGUOUS = 'there are several JSON values that match the schema, with text behind the last: give only the one that is meant'

function nothingIn(spoken: string, kinds: ReadonlySet<JsonKind>): string {
  if (spoken.trim() === '') return 'the answer is empty'
  return `there is no whole JSON value of the right kind (${[...kinds].join(', ')}) in the answer, or it is not clear which of several is meant`
}
