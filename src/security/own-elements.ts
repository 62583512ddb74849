/**
 * The elements that this library itself puts into a page. Whoever reads the page or acts on it leaves them out, so that no agent can
 * see, cover or answer the questions that are asked about it. A page's markup cannot pass for one: what counts is the object, not its name.
 */

// Two copies of the library in one page share registered symbols, not modules.
const REGISTRY: unique symbol = Symbol.for('reprise.own-elements') as never

/** From now on `element`, and all that is in it, is the library's own. */
export function claimElement(element: Element): void {
  const shared = globalThis as { [REGISTRY]?: WeakSet<Node> }
  const registry = shared[REGISTRY] ?? new WeakSet<Node>()
  if (!shared[REGISTRY]) Object.defineProperty(shared, REGISTRY, { value: registry })
  registry.add(element)
}

/** Whether `element` is one of the library's own, or is in one, through shadow roots too. */
export function isOwnElement(element: Element): boolean {
  const registry = (globalThis as { [REGISTRY]?: WeakSet<Node> })[REGISTRY]
  if (!registry) return false
  for (let node: Node | null = element; node; node = node.parentNode ?? hostOf(node)) if (registry.has(node)) return true
  return false
}

function hostOf(node: Node): Node | null {
  return 'host' in node && 'mode' in node ? (node as ShadowRoot).host : null
}
