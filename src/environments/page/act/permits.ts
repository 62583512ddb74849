/** What the guard lets pass: what is done after all, and where a form that was allowed then leads. */
import type { ElementFacts } from '../../../security/element-facts.ts'
import type { Outcome } from './hand.ts'

export interface Permits {
  /** Whether this element is being done after all, just now. */
  lets(element: Element): boolean
  /** Lets what `redo` does to `element` pass, as long as it runs. */
  run(element: Element, redo: () => Outcome): Outcome
  /** A form was sent with leave: the navigation that comes of it passes, too. */
  follow(facts: ElementFacts): void
  /** Whether this navigation is the one that was allowed. Once. */
  leads(url: string): boolean
  /** The next navigation to this address passes. */
  expect(url: string): void
  /** Whether any form was sent with leave. */
  sent(): boolean
}

export function createPermits(): Permits {
  const running = new Set<Element>()
  const expected: string[] = []
  let forms = 0
  return {
    lets: (element) => running.has(element),
    run(element, redo) {
      running.add(element)
      try {
        return redo()
      } finally {
        running.delete(element)
      }
    },
    follow({ submits }) {
      forms += 1
      if (submits && submits.method !== 'dialog') expected.push(submits.method === 'get' ? withoutQuery(submits.url) : submits.url)
    },
    leads(url) {
      const index = expected.findIndex((one) => one === url || one === withoutQuery(url))
      if (index !== -1) expected.splice(index, 1)
      return index !== -1
    },
    expect: (url) => void expected.push(url),
    sent: () => forms > 0,
  }
}

/** Fields of a form replace the query of its address. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '')
}
