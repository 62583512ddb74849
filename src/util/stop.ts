/** Stop texts, for models and servers that do not know them: cut the answer, and stream nothing that may belong to one. */

export interface StopFilter {
  /** Takes the next part of the answer; tells whether a stop text was seen by now, so that no more is needed. */
  push(delta: string): boolean
  /** The whole answer up to the first stop text, once everything was pushed. */
  end(): { text: string; stopped: boolean }
}

/** Passes an answer on to `emit` up to the first of `stop`; what may be the start of one is held back until it is known. */
export function createStopFilter(stop: readonly string[] = [], emit: (delta: string) => void = () => {}): StopFilter {
  const stops = stop.filter((text) => text !== '')
  const passed: string[] = []
  /** What may be the start of a stop text. Only this is looked at again, so that a long answer costs no more than its length. */
  let held = ''
  let stopped = false
  const pass = (text: string): void => {
    if (text === '') return
    passed.push(text)
    emit(text)
  }
  return {
    push(delta) {
      if (stopped || delta === '') return stopped
      const open = held + delta
      const end = firstStop(open, stops)
      const pending = open.length - heldBack(open, stops)
      // A longer stop text that began before it may still come true, and would then be the first.
      stopped = end !== -1 && end <= pending
      const until = stopped ? end : pending
      held = stopped ? '' : open.slice(until)
      pass(open.slice(0, until))
      return stopped
    },
    end() {
      const end = firstStop(held, stops)
      stopped ||= end !== -1
      pass(end === -1 ? held : held.slice(0, end))
      held = ''
      return { text: passed.join(''), stopped }
    },
  }
}

function firstStop(text: string, stops: readonly string[]): number {
  const found = stops.map((stop) => text.indexOf(stop)).filter((at) => at !== -1)
  return found.length === 0 ? -1 : Math.min(...found)
}

/** Length of the longest end of `text` with which a stop text begins. */
function heldBack(text: string, stops: readonly string[]): number {
  let most = 0
  for (const stop of stops)
    for (let length = Math.min(stop.length - 1, text.length); length > most; length--)
      if (text.endsWith(stop.slice(0, length))) most = length
  return most
}
