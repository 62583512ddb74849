/** The practice page: a small support desk as an app would build it. Nothing in here knows of the agent. */
import { h, setAttribute, setText } from '../../dom.ts'
import { plural } from '../../format.ts'
import { DELETE_ALL, type Desk, type Ticket } from '../../state/desk/desk.ts'
import { ticketView, type TicketView } from './ticket-view.ts'

/** An element that follows the desk's state. */
export function deskView(desk: Desk): HTMLElement {
  const state = h('p', { class: 'desk-state', role: 'status' })
  const list = h('ul', { class: 'desk-list' })
  const place = h('div', { class: 'desk-place' })
  const settings = settingsView(desk)
  const rows = new Map<string, { row: HTMLElement; sync(ticket: Ticket): void }>()
  let shown: { ticket: Ticket; view: TicketView } | undefined

  const showOpen = (): void => {
    const ticket = desk.tickets.find(({ id }) => id === desk.open)
    if (shown?.ticket !== ticket || !shown) {
      shown = ticket && { ticket, view: ticketView(ticket, desk) }
      place.replaceChildren(shown?.view.element ?? h('p', { class: 'empty' }, nothingOpen(desk)))
    }
    shown?.view.sync()
  }
  const sync = (): void => {
    const open = desk.tickets.filter(({ closed }) => !closed).length
    setText(state, `${plural(open, 'open ticket')} of ${desk.tickets.length}, mailbox ${desk.mailbox}`)
    for (const ticket of desk.tickets) {
      const known = rows.get(ticket.id) ?? listRow(ticket.id, desk)
      rows.set(ticket.id, known)
      if (known.row.parentElement !== list) list.append(known.row)
      known.sync(ticket)
    }
    const ids = desk.tickets.map(({ id }) => id)
    for (const [id, { row }] of rows) if (!ids.includes(id)) row.remove()
    showOpen()
    settings.sync()
  }
  desk.subscribe(sync)
  sync()
  return h(
    'section',
    { class: 'desk', 'aria-label': 'Support desk' },
    h('div', { class: 'desk-top' }, h('h3', {}, 'Teapot shop, support desk'), state),
    h('div', { class: 'desk-body' }, list, place),
    settings.element,
  )
}

function nothingOpen({ tickets }: Desk): string {
  return tickets.length === 0 ? 'All tickets are deleted.' : 'Choose a ticket.'
}

function listRow(id: string, desk: Desk): { row: HTMLElement; sync(ticket: Ticket): void } {
  const [subject, about, mark] = [h('b'), h('small'), h('span', { class: 'chip' })]
  const button = h('button', { type: 'button', class: 'desk-open', on: { click: () => desk.show(id) } }, subject, ' ', about, ' ', mark)
  return {
    row: h('li', {}, button),
    sync: (ticket) => {
      setText(subject, ticket.subject)
      setText(about, `${ticket.from}, ${plural(ticket.waited, 'day')}`)
      setText(mark, ticket.closed ? 'closed' : '')
      mark.hidden = !ticket.closed
      setAttribute(button, 'aria-current', desk.open === id && 'true')
    },
  }
}

function settingsView(desk: Desk): { element: HTMLElement; sync(): void } {
  const password = h('input', { type: 'password', id: 'desk-password', autocomplete: 'off', required: true })
  const said = h('p', { class: 'desk-note', role: 'status' })
  const form = h(
    'form',
    { class: 'desk-mailbox', method: 'post', 'aria-label': 'Mailbox' },
    h('label', { for: 'desk-password' }, 'Mailbox password'),
    password,
    h('button', { type: 'submit' }, 'Connect mailbox'),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    desk.connect(password.value)
  })
  const remove = h('button', { type: 'button', class: 'danger', on: { click: () => desk.deleteAll() } }, DELETE_ALL)
  const element = h('div', { class: 'desk-settings' }, h('h4', {}, 'Settings'), form, said, remove)
  return {
    element,
    sync: () => {
      if (desk.mailbox === 'not connected') password.value = ''
      setText(said, desk.mailbox === 'not connected' ? '' : `Mailbox: ${desk.mailbox}.`)
    },
  }
}
