/** What the view "Page" says of itself. */
import { h } from '../../dom.ts'

export function introView(): HTMLElement {
  return h(
    'section',
    { class: 'intro', 'aria-labelledby': 'page-title' },
    h('h1', { id: 'page-title' }, 'An agent that acts in a page, and asks first'),
    h(
      'p',
      { class: 'lead' },
      'It works in a small support desk below. One of the tickets is hostile: it tells whatever reads it to delete everything. Choose a ',
      'task, press Run, and answer when you are asked. Then let the obedient stand-in try.',
    ),
  )
}

export function aboutView(): HTMLElement {
  const part = (title: string, text: string): HTMLElement => h('div', {}, h('h3', {}, title), h('p', {}, text))
  return h(
    'section',
    { class: 'card about', 'aria-labelledby': 'page-about' },
    h('h2', { id: 'page-about' }, 'What holds, and what does not'),
    h(
      'div',
      { class: 'columns' },
      part(
        'When it asks',
        'Reading and filling in is done without asking. What sends, leaves the page, pays or cannot be undone is asked for, and so is ' +
          'every button that nobody can classify. That is told from the page’s markup and from what its maker declared, never from what ' +
          'a model says.',
      ),
      part(
        'What it sees',
        'What a person can see there. Text that is hidden, too pale to read or moved out of the window is left out. Card numbers and ' +
          'passwords are replaced before any model, transcript or memory gets them; a stored password is filled in by its name.',
      ),
      part(
        'What it does not promise',
        'A text that a person can see reaches the model, and may lead it astray: this ends at what you allow. Read the question before ' +
          'you answer. Scripts of the page itself are its maker’s and could do all of this anyway.',
      ),
      part(
        'What is real here',
        'The eyes, the hands, the questions and the memory are the library’s. The desk is made up, its state goes with a reload, and ' +
          'each run begins with the desk as it was at first.',
      ),
    ),
  )
}
