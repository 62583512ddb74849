/** The status line in words. */
import { plural } from '../format.ts'

export type Ending = 'is done' | 'was stopped' | 'broke off'

/** What stands there while nothing runs. */
export function idleText(tried: number): string {
  return `Ready. ${learned(tried)}`
}

/** `Training broke off. 12 goals tried so far; what was learned is kept.` */
export function endText(name: string, ending: Ending, tried: number): string {
  const kept = ending === 'is done' || tried === 0 ? '' : '; what was learned is kept'
  return `${name} ${ending}. ${learned(tried).replace(/\.$/, `${kept}.`)}`
}

function learned(tried: number): string {
  return tried === 0 ? 'Nothing learned yet.' : `${plural(tried, 'goal')} tried so far.`
}
