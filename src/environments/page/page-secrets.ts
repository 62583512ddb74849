/** Secrets that the agent fills in without knowing them, and secrets that it knows and writes into a field made for them. */
import type { VaultField } from '../../security/vault.ts'
import { sensitivityOfField } from './act/field-facts.ts'
import { attributeOf, matches, realmOf } from './act/native.ts'
import { readAction } from './act/read-action.ts'
import type { PageRun } from './observing.ts'

/** The field as the vault wants to know it: the origin is that of the document it stands in. */
export function vaultFieldOf(element: Element): VaultField {
  return {
    origin: realmOf(element)?.origin ?? 'null',
    autocomplete: attributeOf(element, 'autocomplete'),
    matches: (selector) => matches(element, selector),
  }
}

/**
 * Where a text is an action that types into a password field or the like, what it types is a secret from then on: the text itself is
 * about to become an event and a step.
 */
export function learnTyped(run: PageRun, text: string): void {
  if (!text.includes('type')) return
  const read = readAction(text)
  if (!read.ok || read.action.verb !== 'type' || run.vault.read(read.action.text) !== null) return
  const found = run.viewer.resolve(read.action.ref)
  const kind = 'element' in found ? sensitivityOfField(found.element) : null
  if (kind !== null) run.redactor.learn(read.action.text, kind)
}
