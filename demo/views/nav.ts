/** The playground's two views: one is shown, the other is built when it is first opened. The address remembers which. */
import { byId, setAttribute } from '../dom.ts'

/** @param openPage builds the view "Page" into its place. */
export function createNav(openPage: (place: HTMLElement) => Promise<void>): void {
  const places = { world: byId('view-world', HTMLElement), page: byId('view-page', HTMLElement) }
  const links = { world: byId('nav-world', HTMLAnchorElement), page: byId('nav-page', HTMLAnchorElement) }
  const skip = byId('skip', HTMLAnchorElement)
  let opened = false

  const show = (): void => {
    const view = location.hash.startsWith('#page') ? 'page' : 'world'
    for (const name of ['world', 'page'] as const) {
      places[name].hidden = name !== view
      setAttribute(links[name], 'aria-current', name === view && 'page')
    }
    skip.hash = view === 'page' ? '#page-run' : '#run'
    document.title = view === 'page' ? 'Page · Reprise playground' : 'Reprise playground'
    if (view === 'world' || opened) return
    opened = true
    void openPage(places.page)
  }
  addEventListener('hashchange', show)
  show()
}
