/** Secrets that the agent fills in without knowing them, and secrets that it knows and writes into a field made for them. */
import { PLACEHOLDERS } from '../../security/detect/span.ts'
import type { FormFacts, Sensitivity } from '../../security/element-facts.ts'
import type { VaultEntry, VaultField } from '../../security/vault.ts'
import { formOf } from './act/activated.ts'
import { fieldOf, sensitivityOfField } from './act/field-facts.ts'
import { formFacts } from './act/form-facts.ts'
import { attributeOf, matches, realmOf } from './act/native.ts'
import type { PageAction } from './act/page-action.ts'
import { keyTarget } from './act/press.ts'
import { readAction } from './act/read-action.ts'
import type { PageRun } from './observing.ts'

/** The field that would be written to, as the vault wants to know it: the origin is that of the document it stands in. */
export function vaultFieldOf(element: Element): VaultField {
  const field = fieldOf(element)
  return {
    origin: realmOf(field)?.origin ?? 'null',
    autocomplete: attributeOf(field, 'autocomplete'),
    matches: (selector) => matches(field, selector),
  }
}

/** The form that what is written would be sent with. */
export function formAround(element: Element): FormFacts | null {
  const form = formOf(fieldOf(element))
  return form && formFacts(form, null)
}

/** Secrets of the vault that need no fetching. They are taken out from the start: the page may show them, also after it was loaded anew. */
export function knownSecrets(entries: Readonly<Record<string, VaultEntry>>): string[] {
  return Object.values(entries)
    .map(({ value }) => value)
    .filter((value) => typeof value === 'string')
}

/**
 * The action as others may know it. What it writes into a password field or the like is a secret from now on, and is not in it, however
 * short it is: the text is about to become an event and a step.
 */
export function redactAction(run: PageRun, text: string): string {
  const { redactor } = run
  const reading = readAction(text)
  if (!reading.ok) return redactor.redact(hideUnread(run, text))
  const { action } = reading
  const written = writtenBy(action)
  const kind = written && sensitivityAt(run, 'ref' in action ? action.ref : undefined)
  if (!written || !kind || run.vault.read(written.value) !== null) return redactor.redact(text)
  if (action.verb === 'type') redactor.learn(written.value, kind)
  const { verb, ...input } = { ...action, [written.field]: PLACEHOLDERS[kind] }
  const same = JSON.stringify(input)
  return redactor.redact(text.trimStart().startsWith(verb) ? `${verb}(${same})` : `{"tool":"${verb}","input":${same}}`)
}

/** Whether a text is what others see in the place of a secret. */
export function isPlaceholder(text: string): boolean {
  return Object.values(PLACEHOLDERS).some((placeholder) => placeholder === text.trim())
}

/** What an action writes into its element, and the name under which it says so. */
function writtenBy(action: PageAction): { field: string; value: string } | null {
  if (action.verb === 'type') return { field: 'text', value: action.text }
  if (action.verb === 'select') return { field: 'option', value: [action.option].flat().join('\n') }
  return action.verb === 'press' && /^.$/su.test(action.key) ? { field: 'key', value: action.key } : null
}

function sensitivityAt(run: PageRun, ref: string | undefined): Sensitivity | null {
  if (ref === undefined) return sensitivityOfField(keyTarget(run.root.ownerDocument))
  const found = run.viewer.resolve(ref)
  if (!('element' in found)) return null
  return sensitivityOfField(fieldOf(found.element))
}

/**
 * What was meant to be an action on a field for secrets, and cannot be read: what stands in quotes is learned, and nothing of it is kept
 * but where it was meant to go.
 */
function hideUnread(run: PageRun, text: string): string {
  const refs = new Set(text.slice(0, LONGEST_READ).match(/\be\d{1,7}\b/g) ?? [])
  const fields = [...refs].slice(0, MOST_REFS).map((ref) => ({ ref, kind: sensitivityAt(run, ref) }))
  const field = fields.find(({ kind }) => kind !== null)
  if (!field?.kind || run.vault.read(text) !== null) return text
  for (const { 1: quoted = '' } of text.matchAll(/"((?:[^"\\]|\\.){4,2000})(?:"|$)/g))
    if (!NAMES.has(quoted) && !/\s/.test(quoted)) run.redactor.learn(quoted, field.kind)
  return `An action that could not be read, on ${field.ref}: ${PLACEHOLDERS[field.kind]}`
}

const LONGEST_READ = 10_000
const MOST_REFS = 20

/** What models put into quotes beside what they write. */
const NAMES: ReadonlySet<string> = new Set(
  'tool input type text value select option press clear click check checked hover scroll direction action name args arguments parameters element field function'.split(
    ' ',
  ),
)
