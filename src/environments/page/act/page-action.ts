/** What an agent may do in a page: the verbs, what each takes, and how they are told to a model. */
import type { JsonSchema } from '../../../core/json.ts'

/** An element as the view of the page names it: `e12`. */
export type Ref = string

export type Direction = 'up' | 'down' | 'left' | 'right' | 'top' | 'bottom'

/** An action, once it has been read. */
export type PageAction = PageAct | { verb: 'done'; answer?: string } | { verb: 'ask'; question: string }

/** An action that does something in the page. */
export type PageAct =
  | { verb: 'click'; ref: Ref }
  | { verb: 'type'; ref: Ref; text: string }
  | { verb: 'clear'; ref: Ref }
  | { verb: 'select'; ref: Ref; option: string | readonly string[] }
  | { verb: 'check'; ref: Ref; checked: boolean }
  | { verb: 'press'; key: string; ref?: Ref }
  | { verb: 'hover'; ref: Ref }
  | { verb: 'scroll'; direction?: Direction; ref?: Ref }
  | { verb: 'back' }
  | { verb: 'wait'; seconds?: number }

export type ActionVerb = PageAction['verb']

/** Seconds that `wait` waits at most. */
export const MOST_SECONDS = 10

export interface VerbSpec {
  description: string
  properties: Readonly<Record<string, JsonSchema>>
  required: readonly string[]
}

const ref = (what: string): JsonSchema => ({ type: 'string', pattern: '^e\\d{1,7}$', description: what })
const element = ref('The element, as in [e12]: "e12".')

export const VERBS: Readonly<Record<ActionVerb, VerbSpec>> = {
  click: { description: 'Clicks an element.', properties: { ref: element }, required: ['ref'] },
  type: {
    description: 'Puts text into a field, in place of what it holds. Dates as 2026-01-31, times as 14:05, colors as #rrggbb.',
    properties: { ref: element, text: { type: 'string' } },
    required: ['ref', 'text'],
  },
  clear: { description: 'Empties a field.', properties: { ref: element }, required: ['ref'] },
  select: {
    description: 'Chooses an option of a list by its label or value; several where the list allows it.',
    properties: { ref: element, option: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, maxItems: 100 }] } },
    required: ['ref', 'option'],
  },
  check: {
    description: 'Ticks or unticks a checkbox, radio button or switch.',
    properties: { ref: element, checked: { type: 'boolean' } },
    required: ['ref', 'checked'],
  },
  press: {
    description: 'Presses a key, as "Enter", "Escape", "ArrowDown", "a" or "Control+a", in an element or where the focus is.',
    properties: { key: { type: 'string', minLength: 1, maxLength: 40 }, ref: ref('Where to press it.') },
    required: ['key'],
  },
  hover: { description: 'Moves the pointer over an element.', properties: { ref: element }, required: ['ref'] },
  scroll: {
    description: 'Scrolls the page, or the part that ref is in; with ref alone, until that element is in view.',
    properties: {
      direction: { enum: ['up', 'down', 'left', 'right', 'top', 'bottom'] },
      ref: ref('The element, or something in the part to scroll.'),
    },
    required: [],
  },
  back: { description: 'Goes back to the page before.', properties: {}, required: [] },
  wait: {
    description: 'Waits until something changes, for 3 seconds at most, or as told.',
    properties: { seconds: { type: 'number', minimum: 0, maximum: MOST_SECONDS } },
    required: [],
  },
  done: {
    description: 'Ends the task, once it is done or cannot be done.',
    properties: { answer: { type: 'string', description: 'What was asked for, if anything.' } },
    required: [],
  },
  ask: {
    description: 'Asks the user something that only they can know.',
    properties: { question: { type: 'string', minLength: 1 } },
    required: ['question'],
  },
}
