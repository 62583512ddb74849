/** Makes elements whose texts are texts: nothing here, or built with it, is ever parsed as markup. */

export type Make = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly (Node | string)[]
) => HTMLElementTagNameMap[K]

export function maker(document: Document): Make {
  return (tag, className, ...children) => {
    // A picture of the page may be called `createElement`.
    const element = Document.prototype.createElement.call(document, tag) as HTMLElementTagNameMap[typeof tag]
    if (className) element.className = className
    element.append(...children)
    return element
  }
}

/** A template of words with nodes or texts in its places; each is put in once and never read again. */
export function fillIn(template: string, places: Record<string, Node | string>): (Node | string)[] {
  return template
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1]
      return name !== undefined && Object.hasOwn(places, name) ? (places[name] ?? part) : part
    })
}
