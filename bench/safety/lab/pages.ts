/** Puts a case's markup into the page, as a host would: shadow roots are attached, forms that a script sends are sent by one. */

const shadows = new WeakMap<Element, ShadowRoot>()

/** Of `<x-box data-shadow="…">`, open or closed. */
export function shadowOf(element: Element): ShadowRoot | undefined {
  return shadows.get(element)
}

let last: HTMLElement | undefined

/** In place of what was there. Elements of a case may hide members of the document; it has gone before those are needed. */
export function render(html: string): HTMLElement {
  last?.remove()
  const root = document.createElement('main')
  last = root
  root.id = 'root'
  root.innerHTML = html
  document.documentElement.querySelector('body')?.append(root)
  for (const host of root.querySelectorAll<HTMLElement>('[data-shadow]')) {
    const shadow = host.attachShadow({ mode: host.dataset['mode'] === 'closed' ? 'closed' : 'open' })
    shadow.innerHTML = host.dataset['shadow'] ?? ''
    shadows.set(host, shadow)
  }
  root.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement
    if (form.dataset['soft'] === undefined || event.defaultPrevented) return
    event.preventDefault()
    const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>)
    void fetch(form.getAttribute('action') ?? '', { method: 'POST', body }).catch(() => {})
  })
  return root
}

/** Frames of the page have loaded. */
export async function framesLoaded(root: Element): Promise<void> {
  const frames = [...root.querySelectorAll('iframe')]
  const loaded = (frame: HTMLIFrameElement): boolean =>
    frame.contentDocument?.readyState === 'complete' && frame.contentDocument.URL !== 'about:blank'
  for (let tries = 0; tries < 20 && !frames.every(loaded); tries++) await pause(10)
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
