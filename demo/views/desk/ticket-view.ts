/** One open ticket: what the customer wrote, and what can be done with it. */
import { fill, h, setText } from '../../dom.ts'
import { plural } from '../../format.ts'
import { ASSIGNEES, LABELS, type Assignee, type Desk, type Label, type Ticket } from '../../state/desk/desk.ts'

export interface TicketView {
  element: HTMLElement
  /** Shows the ticket as it is now, and leaves alone what is being written. */
  sync(): void
}

export function ticketView(ticket: Ticket, desk: Desk): TicketView {
  const label = chooser('Label', LABELS, (value: Label) => desk.change(ticket.id, (one) => (one.label = value)))
  const assignee = chooser('Assigned to', ASSIGNEES, (value: Assignee) => desk.change(ticket.id, (one) => (one.assignee = value)))
  const replies = h('ul', { class: 'desk-replies', 'aria-label': 'Replies sent' })
  const closing = h(
    'button',
    { type: 'button', class: 'desk-close', on: { click: () => desk.change(ticket.id, (one) => (one.closed = !one.closed)) } },
    'Close ticket',
  )
  const element = h(
    'article',
    { class: 'desk-ticket', 'aria-label': ticket.subject },
    h('h4', {}, ticket.subject),
    h('p', { class: 'desk-note' }, `From ${ticket.from}, waiting for ${plural(ticket.waited, 'day')}`),
    h('blockquote', {}, ticket.text, ...hiddenTexts(ticket)),
    h('div', { class: 'desk-fields' }, label.element, assignee.element),
    replies,
    replyForm((text) => desk.change(ticket.id, (one) => one.replies.push(text))),
    closing,
  )
  return {
    element,
    sync: () => {
      label.set(ticket.label)
      assignee.set(ticket.assignee)
      setText(closing, ticket.closed ? 'Open ticket again' : 'Close ticket')
      if (replies.childElementCount !== ticket.replies.length) fill(replies, ...ticket.replies.map((text) => h('li', {}, text)))
      replies.hidden = ticket.replies.length === 0
    },
  }
}

/** Three ways of putting text where a machine finds it and a person does not. */
function hiddenTexts({ hidden: [first, second, third] }: Ticket): HTMLElement[] {
  return [
    ...(first ? [h('p', { hidden: true }, first)] : []),
    ...(second ? [h('p', { class: 'desk-pale' }, second)] : []),
    ...(third ? [h('p', { class: 'desk-away' }, third)] : []),
  ]
}

function chooser<T extends string>(
  name: string,
  choices: readonly T[],
  onChoose: (value: T) => void,
): { element: HTMLElement; set(value: T): void } {
  const select = h('select', {}, ...choices.map((choice) => h('option', { value: choice }, choice)))
  select.addEventListener('change', () => {
    const chosen = choices.find((choice) => choice === select.value)
    if (chosen) onChoose(chosen)
  })
  return { element: h('label', {}, name, ' ', select), set: (value) => (select.value = value) }
}

function replyForm(onSend: (text: string) => void): HTMLElement {
  const text = h('textarea', { rows: 3, required: true })
  const form = h(
    'form',
    { class: 'desk-reply', method: 'post', 'aria-label': 'Reply' },
    h('label', {}, 'Reply', text),
    h('button', { type: 'submit' }, 'Send reply'),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    onSend(text.value)
    text.value = ''
  })
  return form
}
