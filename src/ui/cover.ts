/**
 * Watches whether a person can see an element of the top layer. A page may open a dialog or a popover above it later: a dialog takes the
 * clicks, which a hit test tells; a popover lets them through, which the browser's own record of what it painted tells (Intersection
 * Observer v2), or, where there is none, the event of its opening.
 */
import { isOwnElement } from '../security/own-elements.ts'

/** `taken`: clicks would go elsewhere. `hidden`: they would not, but something is painted above it. `unknown`: nothing was painted yet. */
export type Cover = 'none' | 'taken' | 'hidden' | 'unknown'

export interface CoverOptions {
  host: HTMLElement
  dialog: HTMLDialogElement
  /** Where it must not be covered. */
  spots: readonly HTMLElement[]
  /** Puts it on top again. Called at most `MOST_RAISES` times. */
  raise(): void
  onCover(cover: Cover): void
  /** It cannot be brought to the top. */
  onLost(): void
  signal: AbortSignal
}

const POLL_MS = 250
const MOST_RAISES = 3

/** Watches until `signal` fires. Returns a look at once, for the moment of an answer. */
export function watchCover({ host, dialog, spots, raise, onCover, onLost, signal }: CoverOptions): () => Cover {
  const painted = watchPainted(dialog, signal, () => onCover(look()))
  const look = (): Cover => (spots.every((spot) => reachable(host, dialog, spot)) ? painted.cover() : 'taken')
  let raises = 0
  let covered = 0
  const poll = (): void => {
    const cover = look()
    onCover(cover)
    covered = cover === 'none' ? 0 : covered + 1
    // Two looks apart, since what was painted is told late.
    if (covered < 2 || cover === 'unknown' || underOwn(host, spots)) return
    covered = 0
    if (raises++ < MOST_RAISES) {
      raise()
      painted.reset()
    } else if (cover === 'taken') onLost()
  }
  const timer = setInterval(poll, POLL_MS)
  // What was painted is told late: whatever opens is taken to cover it for a moment, however soon it is gone.
  const opening = ({ newState }: Event & { newState?: string }): void => {
    if (newState !== 'open') return
    onCover('hidden')
    onCover(look())
  }
  host.ownerDocument.addEventListener('beforetoggle', opening, { capture: true, signal })
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  return look
}

/** A hit test; spots outside the window tell nothing. */
function reachable(host: HTMLElement, dialog: HTMLDialogElement, spot: HTMLElement): boolean {
  if (!dialog.open || !dialog.matches(':modal') || !spot.checkVisibility({ visibilityProperty: true })) return false
  const hit = hitAt(host, spot)
  return hit === null || hit === host
}

function hitAt(host: HTMLElement, spot: HTMLElement): Element | null {
  const { x, y, width, height } = spot.getBoundingClientRect()
  return (host.getRootNode() as Document | ShadowRoot).elementFromPoint(x + width / 2, y + height / 2)
}

/** Another question of this library, e.g. of a second copy: whoever came later is answered first. */
function underOwn(host: HTMLElement, spots: readonly HTMLElement[]): boolean {
  return spots.some((spot) => {
    const hit = hitAt(host, spot)
    return hit !== null && hit !== host && isOwnElement(hit)
  })
}

interface Painted {
  cover(): Cover
  /** It was put on top again. */
  reset(): void
}

function watchPainted(dialog: HTMLElement, signal: AbortSignal, onChange: () => void): Painted {
  return 'isVisible' in IntersectionObserverEntry.prototype ? observed(dialog, signal, onChange) : guessed(dialog, signal, onChange)
}

/** Not yet in TypeScript's library. */
interface SeenEntry extends IntersectionObserverEntry {
  readonly isVisible?: boolean
}

function observed(dialog: HTMLElement, signal: AbortSignal, onChange: () => void): Painted {
  let cover: Cover = 'unknown'
  const options: IntersectionObserverInit & { trackVisibility: boolean; delay: number } = { trackVisibility: true, delay: 100 }
  const observer = new IntersectionObserver((entries: readonly SeenEntry[]) => {
    cover = entries.at(-1)?.isVisible ? 'none' : 'hidden'
    onChange()
  }, options)
  observer.observe(dialog)
  signal.addEventListener('abort', () => observer.disconnect(), { once: true })
  return { cover: () => cover, reset() {} }
}

/** What comes to the top layer after the dialog lies above it. */
function guessed({ ownerDocument }: HTMLElement, signal: AbortSignal, onChange: () => void): Painted {
  let cover: Cover = 'none'
  const opened = ({ target }: Event): void => {
    if (!(target as Element).matches(':popover-open, :modal')) return
    cover = 'hidden'
    onChange()
  }
  ownerDocument.addEventListener('toggle', opened, { capture: true, signal })
  queueMicrotask(onChange)
  return { cover: () => cover, reset: () => void (cover = 'none') }
}
