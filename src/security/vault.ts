/**
 * Secrets by reference: a model writes `{{secret:name}}`, and the value is looked up only when it is put into its field.
 * Each secret is bound to an origin and a field, so that no page and no model can have it put anywhere else.
 */
import { RepriseError } from '../core/errors.ts'
import type { Awaitable } from '../core/json.ts'
import { checkedOrigin } from './origins.ts'

export interface VaultEntry {
  /** The secret, or what fetches it from where the user keeps it; called when the secret is put into its field, each time. */
  value: string | (() => Awaitable<string>)
  /** The one origin whose pages may get it. */
  origin: string
  /** The field that may get it: an autocomplete token such as `current-password`, or a CSS selector. */
  field: string
}

/** A field as it is in the page. */
export interface VaultField {
  /** Of the document that the field is in. */
  origin: string
  /** Its `autocomplete` attribute. */
  autocomplete: string | null
  /** `element.matches`; what it throws counts as no. */
  matches(selector: string): boolean
}

/** A text as a reference: to `name`, or wrong in a way that the agent is told; `null` where it speaks of no secret. */
export type VaultReference = { ok: true; name: string } | { ok: false; problem: string }
export type VaultResult = { ok: true; value: string } | { ok: false; problem: string }

export interface Vault {
  readonly names: readonly string[]
  /** Reads a text to be typed. A reference must be all of it, blanks around it excepted. */
  read(text: string): VaultReference | null
  /** Why this field must not get this secret; `null` where it may. Reveals nothing but names, so ask it before a person is asked. */
  refuses(name: string, field: VaultField): string | null
  /** The secret, for this moment only. To be called after a person agreed; the redactor is to `learn` it before it is used. Never throws. */
  open(name: string, field: VaultField): Promise<VaultResult>
}

/** Errors: `invalid-options`; its message holds no secret. */
export function createVault(entries: Readonly<Record<string, VaultEntry>>): Vault {
  const secrets = new Map(Object.entries(entries).map(([name, entry]) => [name, checkedEntry(name, entry)]))
  const refuses: Vault['refuses'] = (name, field) => {
    const entry = secrets.get(name)
    if (!entry) return unknownSecret([...secrets.keys()])
    if (entry.origin !== field.origin) return `The secret ${name} belongs to ${entry.origin}, and this field does not.`
    return isField(entry.field, field) ? null : `The secret ${name} is meant for another field than this one.`
  }
  return {
    names: [...secrets.keys()],
    read: (text) => read(text, [...secrets.keys()]),
    refuses,
    async open(name, field) {
      const problem = refuses(name, field)
      const entry = secrets.get(name)
      if (problem !== null || !entry) return { ok: false, problem: problem ?? unknownSecret([]) }
      return valueOf(name, entry)
    },
  }
}

function checkedEntry(name: string, entry: VaultEntry): VaultEntry {
  const refuse = (problem: string): never => {
    throw new RepriseError('invalid-options', `The vault was not made: ${problem}`)
  }
  if (!NAME.test(name))
    refuse(`${JSON.stringify(name)} is no name for a secret. Use up to 64 letters, digits, dots, dashes and underscores.`)
  if (typeof entry !== 'object' || entry === null) refuse(`the secret ${name} is no object of value, origin and field.`)
  const { value, field } = entry
  if (typeof value !== 'function' && (typeof value !== 'string' || value === '')) refuse(`the secret ${name} has no value.`)
  if (typeof field !== 'string' || field.trim() === '') refuse(`the secret ${name} names no field; without one it could be put anywhere.`)
  if (!URL.canParse(String(entry.origin))) refuse(`the secret ${name} has no origin such as "https://shop.example".`)
  return { value, field: field.trim(), origin: checkedOrigin(entry.origin) }
}

function read(text: string, names: readonly string[]): VaultReference | null {
  const trimmed = text.trim()
  if (!trimmed.includes('{{secret:')) return null
  const name = trimmed.startsWith('{{secret:') && trimmed.endsWith('}}') ? trimmed.slice('{{secret:'.length, -'}}'.length).trim() : ''
  if (!NAME.test(name)) return { ok: false, problem: 'A reference to a secret must be the whole text: {{secret:name}}.' }
  return names.includes(name) ? { ok: true, name } : { ok: false, problem: unknownSecret(names) }
}

/** Does not repeat the name that was asked for: whoever wrote it may have written a secret there. */
function unknownSecret(names: readonly string[]): string {
  return names.length === 0 ? 'The vault has no secrets.' : `The vault has no such secret. It has: ${names.join(', ')}.`
}

function isField(wanted: string, field: VaultField): boolean {
  if (AUTOCOMPLETE.test(wanted)) return (field.autocomplete ?? '').toLowerCase().split(/\s+/).includes(wanted.toLowerCase())
  try {
    return field.matches(wanted) === true
  } catch {
    return false
  }
}

/** An error of the host's own function may quote the secret, so nothing of it is passed on. */
async function valueOf(name: string, { value }: VaultEntry): Promise<VaultResult> {
  try {
    const secret: unknown = typeof value === 'function' ? await value() : value
    if (typeof secret === 'string' && secret !== '') return { ok: true, value: secret }
  } catch {
    return { ok: false, problem: `The vault could not get the secret ${name}.` }
  }
  return { ok: false, problem: `The vault has nothing for the secret ${name}.` }
}

const NAME = /^[\w.-]{1,64}$/

/** Tokens that tell what a field is for; no element has such a name. */
const AUTOCOMPLETE =
  /^(?:current-password|new-password|one-time-code|username|email|tel(?:-[a-z-]+)?|cc-[a-z-]+|name|given-name|family-name|organization|street-address|postal-code|bday|url)$/i
