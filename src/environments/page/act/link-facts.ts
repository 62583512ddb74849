/** Where a link leads, from its attributes alone. */
import type { LinkFacts } from '../../../security/element-facts.ts'
import { hrefOf } from './activated.ts'
import { attributeOf, documentOf, isHtml, queryAll, read, realmOf } from './native.ts'

/** What stands for an address that the browser cannot read: no origin allows it. */
export const NO_ADDRESS = 'about:invalid'

export function linkFacts(link: Element): LinkFacts {
  const url = absolute(hrefOf(link) ?? '', link)
  return {
    url,
    fragment: isSameDocument(url, link) && staysHere(link),
    download: isHtml(link, 'a', 'area') && attributeOf(link, 'download') !== null,
    newWindow: opensElsewhere(attributeOf(link, 'target'), documentOf(link)),
    pings: isHtml(link, 'a', 'area') ? pingsOf(link) : [],
  }
}

/** Facts of a navigation that no element is known of. */
export function addressFacts(url: string, download: boolean): LinkFacts {
  return { url, fragment: false, download, newWindow: false, pings: [] }
}

/** By the document's base, as the browser resolves it. */
export function absolute(address: string, element: Element): string {
  try {
    return new URL(address, baseOf(element)).href
  } catch {
    return NO_ADDRESS
  }
}

/** A target that is no part of this page. Frames of the page have names, too, but what a name leads to can change. */
export function opensElsewhere(target: string | null, document: Document): boolean {
  const name = (target ?? baseTarget(document) ?? '').toLowerCase()
  return name !== '' && name !== '_self' && name !== '_parent' && name !== '_top'
}

/** The address of the element's document; of the page that made it, where it has none of its own. */
export function addressOf(element: Element): string {
  const url = read('Document', 'URL', documentOf(element))
  return url.startsWith('about:') ? baseOf(element) : url
}

function baseOf(element: Element): string {
  return read('Node', 'baseURI', element)
}

function isSameDocument(url: string, link: Element): boolean {
  const hash = url.indexOf('#')
  return hash !== -1 && url.slice(0, hash) === read('Document', 'URL', documentOf(link)).replace(/#.*$/s, '')
}

/** A frame's link may lead the page around it to the address of the frame. */
function staysHere(link: Element): boolean {
  const target = (attributeOf(link, 'target') ?? baseTarget(documentOf(link)) ?? '').toLowerCase()
  const view = realmOf(link)
  return (target !== '_top' && target !== '_parent') || view === null || view.parent === view
}

/** With those of the Attribution Reporting API. */
function pingsOf(link: Element): string[] {
  const pings = ['ping', 'attributionsrc'].flatMap((name) => (attributeOf(link, name) ?? '').split(/\s+/)).filter((ping) => ping !== '')
  return pings.slice(0, 20).map((ping) => absolute(ping, link))
}

function baseTarget(document: Document): string | null {
  const base = queryAll(document, 'base[target]').find((element) => isHtml(element, 'base'))
  return base ? attributeOf(base, 'target') : null
}
