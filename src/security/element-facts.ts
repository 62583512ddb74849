/** What is known of an element before it is acted on: facts of the DOM, collected by whoever reads it, judged by `classify`. */
import type { Effect } from '../core/environment.ts'

/** A kind of field whose value nobody but its site may have. */
export type Sensitivity = 'password' | 'one-time-code' | 'card' | 'secret'

/** What is about to be done to an element, or what doing it turned out to start. */
export type PageVerb =
  'click' | 'type' | 'clear' | 'select' | 'check' | 'press' | 'hover' | 'scroll' | 'back' | 'wait' | 'submit' | 'navigate'

export interface ElementFacts {
  verb: PageVerb
  /** Lower case, of the element that is activated: the button around a clicked word, the control of a clicked label. */
  tag: string
  /** Explicit or implied ARIA role. */
  role: string | null
  /** Of an input or a button, as the browser understands it. */
  type: string | null
  /** Texts that name the element; its page wrote them, so they can raise a class and never lower it. */
  labels: readonly string[]
  /** Takes text that a person types. */
  editable: boolean
  sensitivity: Sensitivity | null
  /** Where activating it leads, where it is a link. */
  opens: LinkFacts | null
  /** The form that activating it sends. */
  submits: FormFacts | null
  /** It shows and hides other parts of the page, by its role or its ARIA states, and is neither link nor submitter. */
  discloses: boolean
  /** Has a handler that can be seen: an `on…` attribute or property. That none is seen proves nothing. */
  scripted: boolean
  /** Of `press`, as in `KeyboardEvent.key`, with modifiers: `Control+Enter`. */
  key: string | null
  /** What the host said of it. */
  declared: Effect | null
}

export interface LinkFacts {
  /** Absolute. */
  url: string
  /** Leads to a place in the same document. */
  fragment: boolean
  download: boolean
  newWindow: boolean
  /** Absolute addresses that the browser tells of the click. */
  pings: readonly string[]
}

export interface FormFacts {
  /** Absolute; of the submitter where it has one of its own. */
  url: string
  method: 'get' | 'post' | 'dialog'
  newWindow: boolean
  /** Kinds of sensitive fields in it. */
  sensitive: readonly Sensitivity[]
  /** Texts around its fields: headings, legends, labels. */
  labels: readonly string[]
  /** What would be sent, a field each, as far as it is told: `City = "Oslo"`. Values of sensitive fields are not. */
  fields?: readonly string[]
}
