/** A page of about so many elements: a back office with headings, lists of records, links, buttons and fields. */

/** Twelve elements a row, as an app's tables have them; every tenth row is a section of text. */
export function makePage(stage: HTMLElement, elements: number): number {
  stage.replaceChildren()
  let made = 0
  const add = <K extends keyof HTMLElementTagNameMap>(parent: HTMLElement, tag: K, text = ''): HTMLElementTagNameMap[K] => {
    const element = document.createElement(tag)
    if (text !== '') element.textContent = text
    parent.append(element)
    made++
    return element
  }
  for (let section = 0; made < elements; section++) {
    add(stage, 'h2', `Orders of week ${section + 1}`)
    add(stage, 'p', 'Orders that are older than a week are archived by themselves; open one to see what was sent.').className = 'muted'
    const body = add(add(stage, 'table'), 'tbody')
    for (let row = 0; row < 20 && made < elements; row++) addRow(add(body, 'tr'), section * 20 + row, add)
  }
  return made
}

type Add = <K extends keyof HTMLElementTagNameMap>(parent: HTMLElement, tag: K, text?: string) => HTMLElementTagNameMap[K]

const STATES = ['open', 'packed', 'sent', 'returned']

function addRow(row: HTMLElement, number: number, add: Add): void {
  const link = add(add(row, 'td'), 'a', `Order ${10_000 + number}`)
  link.href = `#order-${number}`
  add(add(row, 'td'), 'span', STATES[number % STATES.length]).className = 'badge'
  add(row, 'td', `Customer ${number * 7}, second floor`)
  const field = add(add(row, 'td'), 'input')
  field.value = String(number % 9)
  field.setAttribute('aria-label', `Pieces of order ${10_000 + number}`)
  add(add(row, 'td'), 'button', 'Open')
  add(add(row, 'td'), 'button', 'Archive')
}
