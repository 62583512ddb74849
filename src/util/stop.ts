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
  const longest = Math.max(0, ...stops.map((text) => text.length))
  let text = ''
  let sent = 0
  let stopped = false
  const release = (until: number): void => {
    if (until <= sent) return
    const delta = text.slice(sent, until)
    sent = until
    emit(delta)
  }
  return {
    push(delta) {
      if (stopped || delta === '') return stopped
      const from = Math.max(0, text.length - longest + 1)
      text += delta
      const end = firstStop(text, stops, from)
      if (end !== -1) {
        text = text.slice(0, end)
        stopped = true
      }
      release(stopped ? text.length : text.length - heldBack(text, stops))
      return stopped
    },
    end() {
      release(text.length)
      return { text, stopped }
    },
  }
}

function firstStop(text: string, stops: readonly string[], from: number): number {
  const found = stops.map((stop) => text.indexOf(stop, from)).filter((at) => at !== -1)
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
