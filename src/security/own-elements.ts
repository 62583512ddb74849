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
  for (let node: Node | null = element; node; node = parentOf(node)) if (registry.has(node)) return true
  return false
}

/** By the native getters: a form whose fields are called `parentNode` or `host` would be its own ancestor. */
function parentOf(node: Node): Node | null {
  const parent = get(node, 'parentNode') as Node | null
  return parent ?? (get(node, 'nodeType') === 11 && 'host' in node ? (node as ShadowRoot).host : null)
}

function get(node: Node, property: 'parentNode' | 'nodeType'): unknown {
  return Object.getOwnPropertyDescriptor(Node.prototype, property)?.get?.call(node)
}
