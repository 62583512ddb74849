/** What an element does to the lines of what is in it. */
import { domReader, property } from './dom.ts'
import { labelText } from './names.ts'
import { isLandmarkRole, lazy } from './roles.ts'
import type { Reading, Seen } from './seen.ts'

export interface Scope {
  kind: 'landmark' | 'heading' | 'live' | 'entry' | 'cell' | 'block'
  seen: Seen
  /** Its lines are its own. */
  breaks: boolean
  /** Its texts are told elsewhere: as the name of a control. */
  mute: boolean
  /** What its lines begin with; the name of a landmark. */
  mark: string
  level: number
  /** Which entry of its list or table it is, from 0. */
  nth: number
  /** A landmark that has been named. */
  opened?: boolean
}

/** Elements that stand in a line of text. */
export const INLINE: ReadonlySet<string> = new Set(
  'a abbr b bdi bdo button cite code data del dfn em font i img input ins kbd label mark meter nobr output progress q rp rt ruby s samp select slot small span strong sub sup svg text time tspan tt u var wbr g'.split(
    ' ',
  ),
)
const SECTIONING = new Set(['article', 'aside', 'main', 'nav', 'section'])

/** `null` for an element that changes nothing. */
export function scopeOf(seen: Seen, reading: Reading): Scope | null {
  const { role, tag } = seen
  if (role === null && !seen.attributed && tag !== 'label' && INLINE.has(tag)) return null
  const scope = (kind: Scope['kind'], mark: string, level = 0): Scope => ({
    kind,
    seen,
    breaks: kind !== 'cell',
    mute: false,
    mark,
    level,
    nth: 0,
  })
  const live = liveOf(seen)
  if (role === 'heading') return scope('heading', '#'.repeat(levelOf(seen)), levelOf(seen))
  if (role !== null && isLandmarkRole(role) && isLandmark(seen, reading)) return scope('landmark', role)
  if (live) return scope('live', `${live}:`)
  if (role === 'row') return scope('entry', '')
  if (role === 'listitem') return scope('entry', '-')
  if (role !== null && /^(?:cell|gridcell|columnheader|rowheader)$/.test(role)) return scope('cell', '')
  if (tag === 'label') return { ...scope('block', ''), breaks: false, mute: namesControl(seen, reading) }
  return INLINE.has(tag) ? null : scope('block', '')
}

function levelOf(seen: Seen): number {
  const level = Number(domReader().attribute(seen.element, 'aria-level') ?? /^h([1-6])$/.exec(seen.tag)?.[1] ?? 2)
  return Number.isInteger(level) ? Math.min(6, Math.max(1, level)) : 2
}

function isLandmark(seen: Seen, reading: Reading): boolean {
  const { role, tag } = seen
  if (role === 'region' || role === 'form') return labelText(seen, reading) !== ''
  if (tag !== 'header' && tag !== 'footer') return true
  for (let around = seen.parent; around; around = around.parent) if (SECTIONING.has(around.tag)) return false
  return true
}

const LIVE = /^(?:alert|status|log|timer)$/

/** What announces itself when it changes. */
function liveOf({ element, role, attributed }: Seen): string {
  if (role !== null && LIVE.test(role)) return role
  if (!attributed) return ''
  const said = domReader().attribute(element, 'aria-live')
  return said === 'assertive' ? 'alert' : said === 'polite' ? 'status' : ''
}

const controlOf = lazy(() => property<Element | null>(['HTMLLabelElement'], 'control'))

function namesControl(label: Seen, reading: Reading): boolean {
  const control = controlOf()(label.element)
  const seen = control && reading.seen.get(control)
  return seen !== null && seen !== undefined && seen.usable && seen.name !== ''
}
