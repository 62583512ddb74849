/** Answers that must match a schema: what is asked in words where a model does not keep to one by itself, and how the answer is read. */
import type { JsonSchema, JsonValue } from '../../core/json.ts'
import type { GenerateRequest, LanguageModel } from '../../core/model.ts'
import { createFence } from '../../security/fence.ts'
import { contentHash } from '../../util/hash.ts'
import type { Checked } from '../../util/schema/checked.ts'
import { readJson } from '../../util/schema/read-json.ts'
import { withNote, type Reading } from './ask-for.ts'
import { findJson, type JsonKind } from './find-json.ts'

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

/** Which of the values in `text` passes `check`: the likeliest one first. */
export async function readAnswer(
  text: string,
  kinds: ReadonlySet<JsonKind>,
  check: (value: JsonValue) => Promise<Checked>,
): Promise<Reading<JsonAnswer>> {
  const { candidates, unfinished, spoken } = findJson(text, kinds)
  if (unfinished) return { ok: false, problems: ['the JSON breaks off before its end'] }
  let problems: readonly string[] | undefined
  for (const json of candidates) {
    const read = readJson(json)
    const checked: Checked = read.ok ? await check(read.value) : { ok: false, problems: [`it is not valid JSON: ${read.why}`] }
    if (checked.ok) return { ok: true, value: { value: checked.value, json } }
    problems ??= checked.problems.length > 0 ? checked.problems : ['it does not match the schema']
  }
  return { ok: false, problems: problems ?? [nothingIn(spoken, kinds)] }
}

function nothingIn(spoken: string, kinds: ReadonlySet<JsonKind>): string {
  if (spoken.trim() === '') return 'the answer is empty'
  return `there is no whole JSON value of the right kind (${[...kinds].join(', ')}) in the answer`
}
