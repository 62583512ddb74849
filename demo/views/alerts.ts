/** Errors and notices, readable in the page until they are dismissed. */
import { problemOf, type Problem } from '../advice.ts'
import { h } from '../dom.ts'

export interface Alerts {
  /** Shows an error with its code and what to do. The same one twice is shown once. */
  error(error: unknown, again?: string): void
  problem(problem: Problem): void
  notice(title: string, text: string): void
  clear(): void
}

export function createAlerts(host: HTMLElement): Alerts {
  const show = (kind: 'error' | 'notice', lines: readonly string[]): void => {
    const key = lines.join('\n')
    if ([...host.children].some((shown) => shown instanceof HTMLElement && shown.dataset['key'] === key)) return
    const [title = '', ...texts] = lines
    const dismiss = h('button', { type: 'button', class: 'quiet', on: { click: () => card.remove() } }, 'Dismiss')
    const card = h(
      'div',
      { class: `alert ${kind}`, role: kind === 'error' ? 'alert' : 'status' },
      h('p', {}, h('strong', {}, title)),
      ...texts.map((text) => h('p', {}, text)),
      dismiss,
    )
    card.dataset['key'] = key
    host.prepend(card)
  }
  const problem = ({ code, text, advice }: Problem): void => show('error', [`Something went wrong (${code})`, text, advice])
  return {
    error: (error, again) => problem(problemOf(error, again)),
    problem,
    notice: (title, text) => show('notice', [title, text]),
    clear: () => host.replaceChildren(),
  }
}
