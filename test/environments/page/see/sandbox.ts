/** A page to look at: each test fills a root of its own and gets a viewer of it. */
import { createRedactor } from '../../../../src/security/redaction.ts'
import { createPageViewer, type PageViewer, type PageViewerOptions } from '../../../../src/environments/page/see/page-viewer.ts'

export interface Sandbox {
  root: HTMLElement
  viewer: PageViewer
  look(): Promise<string>
  /** Lines of the page's content. */
  body(): Promise<string[]>
}

export function sandbox(html: string, options: Partial<PageViewerOptions> = {}): Sandbox {
  document.querySelectorAll('[data-sandbox]').forEach((old) => old.remove())
  const root = document.createElement('div')
  root.dataset['sandbox'] = ''
  root.innerHTML = html
  document.body.append(root)
  const viewer = createPageViewer({ root, maxCharacters: 20_000, redactor: createRedactor(), ...options })
  const look = async () => (await viewer.view({ signal: new AbortController().signal })).text
  return {
    root,
    viewer,
    look,
    body: async () => {
      const lines = (await look()).split('\n')
      return lines.slice(lines.findIndex((line) => line.startsWith('== ')) + 1)
    },
  }
}

/** The first reference of a line that holds `text`. */
export function refOf(view: string, text: string): string {
  const line = view.split('\n').find((one) => one.includes(text) && /\[e\d+\]/.test(one)) ?? ''
  return /\[(e\d+)\]/.exec(line)?.[1] ?? ''
}
