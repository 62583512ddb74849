/** The fixture apps' own routes: which page or answer a request gets, without any HTTP. */
import { productOf } from '../fixtures/apps/data/catalogue.ts'
import { html, type Html } from '../fixtures/apps/html.ts'
import { addressPage, cartPage, checkoutPage, orderPage } from '../fixtures/apps/pages/checkout.ts'
import { head, page, type PageContext } from '../fixtures/apps/pages/layout.ts'
import { codePage, settingsPage, signInPage } from '../fixtures/apps/pages/settings.ts'
import { cataloguePage, productPage } from '../fixtures/apps/pages/shop.ts'
import { invoicePage, tablePage } from '../fixtures/apps/pages/table.ts'
import { noteEditorPage, ticketListPage, ticketPage } from '../fixtures/apps/pages/tickets.ts'
import { ACTIONS, type SiteAction } from '../fixtures/apps/site-actions.ts'

type Render = (context: PageContext, id: string) => Html | null

const PAGES: Readonly<Record<string, Render>> = {
  '/': homePage,
  '/shop/': cataloguePage,
  '/shop/product/*': productPage,
  '/shop/cart': cartPage,
  '/shop/checkout': checkoutPage,
  '/shop/checkout/address': addressPage,
  '/shop/order/*': orderPage,
  '/tickets/': ticketListPage,
  '/tickets/note-editor': noteEditorPage,
  '/tickets/*': ticketPage,
  '/settings/': (context) => (context.state.settings.signedIn ? settingsPage(context) : signInPage(context)),
  '/settings/sign-in': signInPage,
  '/settings/sign-in/code': codePage,
  '/table/': tablePage,
  '/table/invoice/*': invoicePage,
}

/** Null where there is no such page. */
export function renderPage(context: PageContext): string | null {
  const { pathname } = context.url
  const react = /^\/react\/(shop|settings)\//.exec(pathname)?.[1]
  if (react) return reactShell(context, react).text
  const found = match(PAGES, pathname)
  return found?.value(context, found.id)?.text ?? null
}

export function actionAt(pathname: string): { action: SiteAction; id: string } | null {
  const found = match(ACTIONS, pathname)
  return found && { action: found.value, id: found.id }
}

/** The page that a form was sent from, as far as its address tells. */
export function pageOf(referer: string, pathname: string): string {
  if (URL.canParse(referer)) return new URL(referer).pathname
  return `${pathname.split('/').slice(0, 2).join('/')}/`
}

/** A picture of a product, well enough for a test. */
export function productPicture(id: string): string | null {
  const product = productOf(id)
  if (!product) return null
  const hue = (product.cents / 100) % 360
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120"><rect width="160" height="120" fill="hsl(${hue} 25% 92%)"/><circle cx="80" cy="48" r="24" fill="hsl(${hue} 35% 60%)"/><rect x="50" y="76" width="60" height="14" rx="4" fill="hsl(${hue} 30% 40%)"/></svg>`
}

function match<T>(table: Readonly<Record<string, T>>, pathname: string): { value: T; id: string } | null {
  const exact = Object.hasOwn(table, pathname) ? table[pathname] : undefined
  if (exact !== undefined) return { value: exact, id: '' }
  for (const [pattern, value] of Object.entries(table)) {
    const [before, after] = pattern.split('*')
    if (before === undefined || after === undefined || !pathname.startsWith(before) || !pathname.endsWith(after)) continue
    const id = pathname.slice(before.length, after === '' ? undefined : -after.length)
    if (/^[\w-]+$/.test(id)) return { value, id }
  }
  return null
}

function homePage(context: PageContext): Html {
  return page(context, {
    title: 'Alder & Co',
    main: html` <h1>Alder &amp; Co</h1>
      <p>A shop, its support desk, your settings and the books. Each in plain HTML; two in React, too.</p>
      <ul>
        <li><a href="/react/shop/">The shop in React</a></li>
        <li><a href="/react/settings/">The settings in React</a></li>
      </ul>`,
  })
}

function reactShell(context: PageContext, app: string): Html {
  return html`<!doctype html>
    <html lang="en">
      ${head(context, { title: 'Alder & Co', scripts: ['elements'] })}
      <body>
        <div id="root"></div>
        <script type="module" src="/react-assets/${app}.js"></script>
      </body>
    </html>`
}
