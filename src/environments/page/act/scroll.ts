/** Scrolling the page, and parts of it. */
import { done, problem, type Outcome } from './hand.ts'
import type { Chord } from './keys.ts'
import { bodyOf, call, documentOf, htmlOf, pathOf, read, realmOf } from './native.ts'
import type { Direction } from './page-action.ts'

/** Without a direction, until the element is in view. With one, the part around the element that can be scrolled so. */
export function scroll(element: Element, direction: Direction | undefined): Outcome {
  if (!direction) {
    call('Element', 'scrollIntoView', element, { block: 'center', inline: 'nearest', behavior: 'instant' })
    return done('It is in view now.')
  }
  const part = scrollable(element, direction)
  if (!part) return done(`Nothing here can be scrolled ${towards(direction)} any further.`)
  const before = [part.scrollLeft, part.scrollTop]
  move(part, direction)
  if (part.scrollLeft === before[0] && part.scrollTop === before[1]) return problem('The page does not let it scroll.')
  return done(`Scrolled ${towards(direction)}.${canGo(part, direction) ? '' : ' This is the end.'}`)
}

/** The default of keys outside of fields. */
export function scrollByKey(element: Element, { key, shiftKey }: Chord): string {
  const direction = key === ' ' ? (shiftKey ? 'up' : 'down') : KEYS.get(key)
  if (!direction || documentOf(element).designMode === 'on') return ''
  return scroll(element, direction).ok ? 'The page scrolls.' : ''
}

const KEYS: ReadonlyMap<string, Direction> = new Map([
  ['PageDown', 'down'],
  ['PageUp', 'up'],
  ['ArrowDown', 'down'],
  ['ArrowUp', 'up'],
  ['ArrowLeft', 'left'],
  ['ArrowRight', 'right'],
  ['Home', 'top'],
  ['End', 'bottom'],
])

function scrollable(element: Element, direction: Direction): Element | null {
  const document = documentOf(element)
  const page = read('Document', 'scrollingElement', document) ?? htmlOf(document)
  const parts = pathOf(element).filter(
    (at) => at !== page && at !== bodyOf(document) && at !== htmlOf(document) && overflows(at, direction),
  )
  return [...parts, page].find((at) => canGo(at, direction)) ?? null
}

function overflows(element: Element, direction: Direction): boolean {
  const style = realmOf(element)?.getComputedStyle(element)
  const overflow = sideways(direction) ? style?.overflowX : style?.overflowY
  return overflow === 'auto' || overflow === 'scroll' || overflow === 'overlay'
}

/** A pixel may be lost to rounding. Negative in writing from right to left. */
function canGo({ scrollLeft, scrollTop, scrollWidth, scrollHeight, clientWidth, clientHeight }: Element, direction: Direction): boolean {
  const [least, most] = scrollLeft < 0 ? [clientWidth - scrollWidth, 0] : [0, scrollWidth - clientWidth]
  if (direction === 'left') return scrollLeft > least + 1
  if (direction === 'right') return scrollLeft < most - 1
  if (direction === 'up' || direction === 'top') return scrollTop > 1
  return scrollTop < scrollHeight - clientHeight - 1
}

function move(part: Element, direction: Direction): void {
  const [width, height] = [part.clientWidth * 0.8, part.clientHeight * 0.8]
  const by: Readonly<Record<Direction, ScrollToOptions>> = {
    up: { top: -height },
    down: { top: height },
    left: { left: -width },
    right: { left: width },
    top: { top: -part.scrollHeight },
    bottom: { top: part.scrollHeight },
  }
  call('Element', 'scrollBy' as 'scrollIntoView', part, { ...by[direction], behavior: 'instant' } as ScrollIntoViewOptions)
}

function sideways(direction: Direction): boolean {
  return direction === 'left' || direction === 'right'
}

function towards(direction: Direction): string {
  return direction === 'top' || direction === 'bottom' ? `to the ${direction}` : direction
}
