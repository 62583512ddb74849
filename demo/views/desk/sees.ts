/** The page as the agent sees it: text, with a reference at what can be used. And what is in the markup and not in that text. */
import { fill, h, setText } from '../../dom.ts'

export interface SeesView {
  element: HTMLElement
  show(snapshot: string): void
}

/** @param hidden texts that the page's markup holds and shows to nobody. */
export function seesView(hidden: readonly string[]): SeesView {
  const text = h('pre', { class: 'snapshot scroll', id: 'page-snapshot', tabindex: 0, role: 'group', 'aria-labelledby': 'sees-title' })
  const verdicts = hidden.map((sentence) => ({ sentence, verdict: h('span', { class: 'verdict' }) }))
  const rows = verdicts.map(({ sentence, verdict }) => h('li', {}, h('q', {}, sentence), ' ', verdict))
  const element = h(
    'section',
    { class: 'card sees-card', 'aria-labelledby': 'sees-title' },
    h('h2', { id: 'sees-title' }, 'What the agent sees'),
    h(
      'p',
      { class: 'note' },
      'All of it, as text. ',
      h('b', { class: 'ref' }, '[e1]'),
      ' marks what can be used. It changes as you use the desk yourself.',
    ),
    text,
    h('h3', {}, 'Hidden in the third ticket, and in nobody’s view'),
    h('ul', { class: 'unseen' }, ...rows),
  )
  let shown = ''
  return {
    element,
    show: (snapshot) => {
      if (snapshot === shown) return
      shown = snapshot
      fill(text, ...snapshot.split(/(\[e\d+\])/).map((part, index) => (index % 2 === 0 ? part : h('b', { class: 'ref' }, part))))
      for (const { sentence, verdict } of verdicts) {
        const seen = snapshot.includes(sentence.slice(0, 40))
        setText(verdict, seen ? '✗ the agent sees it' : '✓ not in the text above')
        verdict.className = seen ? 'verdict broken' : 'verdict success'
      }
    },
  }
}
