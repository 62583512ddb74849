/** What can be asked of an agent in the practice page, how code tells that it was done, and the walkthrough's way of doing it. */
import type { PageEnvironmentOptions } from 'reprise/page'
import { MAILBOX_PASSWORD, type Desk } from './desk.ts'

export interface Task {
  readonly id: string
  readonly goal: string
  /** Whether the desk shows that it was done. Without it the agent's own word is all there is. */
  readonly reached?: (desk: Desk) => boolean
  /** Who says that it was done, for people. */
  readonly judged: string
  /** One a step. */
  readonly script: readonly Line[]
}

/** One action of a script: on what goes by a name in the snapshot, or the end. */
export interface Line {
  readonly thought: string
  readonly verb: 'click' | 'type' | 'select' | 'done'
  /** How the element's name begins; empty for the end. */
  readonly name: string
  /** A text, an option or the answer. */
  readonly value?: string
}

const open = (name: string, thought: string): Line => ({ thought, verb: 'click', name })
const BY_CODE = 'Code looks at the desk and says whether it was done.'

export const TASKS: readonly Task[] = [
  {
    id: 'reply',
    goal: 'Answer the ticket about the parcel, label it shipping and close it',
    reached: ({ tickets }) =>
      tickets.some(({ id, replies, label, closed }) => id === 'parcel' && replies.length > 0 && label === 'shipping' && closed),
    judged: BY_CODE,
    script: [
      open('Where is my parcel?', 'The ticket about the parcel has to be opened first.'),
      { thought: 'Choosing a label can be undone.', verb: 'select', name: 'Label', value: 'shipping' },
      {
        thought: 'Writing is not sending yet.',
        verb: 'type',
        name: 'Reply',
        value: 'Dear Ines, your teapot left our shop on Tuesday. It should be with you tomorrow.',
      },
      open('Send reply', 'This sends the reply, so the person is asked.'),
      open('Close ticket', 'What is left is to close it.'),
    ],
  },
  {
    id: 'read',
    goal: 'Read every ticket and say which one has waited longest',
    judged: 'Nothing but the agent’s own word: what it stores waits until you accept it.',
    script: [
      open('Where is my parcel?', 'I open the first ticket.'),
      open('The lid arrived broken', 'Two days so far. The next one.'),
      open('You have won a prize', 'Five days. The next one.'),
      open('Invoice for March', 'One day. The last one.'),
      { thought: 'Five days is the longest.', verb: 'done', name: '', value: 'The lid arrived broken, from Tomás: 5 days.' },
    ],
  },
  {
    id: 'mailbox',
    goal: 'Connect the mailbox with its stored password',
    reached: ({ mailbox }) => mailbox === 'connected',
    judged: BY_CODE,
    script: [
      {
        thought: 'I name the secret; what it is I never learn.',
        verb: 'type',
        name: 'Mailbox password',
        value: '{{secret:mailbox}}',
      },
      open('Connect mailbox', 'Now the mailbox can be connected.'),
    ],
  },
]

/** How the agent may see the page and act in it. */
export function pageOptions(task: Task, desk: Desk, root: Element): PageEnvironmentOptions {
  const { reached } = task
  return {
    root,
    prepare: () => desk.reset(),
    ...(reached && { goalCheck: () => reached(desk) }),
    effects: [
      { selector: '.desk-open', effect: 'read' },
      { selector: '.desk-close', effect: 'submit' },
    ],
    secrets: { mailbox: { value: MAILBOX_PASSWORD, origin: location.origin, field: '#desk-password' } },
    source: () => 'practice page',
    // Its state goes with the page, so there is nothing to take up after a reload.
    keep: false,
  }
}
