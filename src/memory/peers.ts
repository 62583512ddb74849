/**
 * Workers and tabs that have the same memory open tell each other when they have changed it. A notice carries nothing: who hears
 * one looks into the store. So a notice that comes late, twice or never does no harm.
 */

export interface Peers {
  /** Tells the others, once a change has been committed. */
  announce(): void
  close(): void
}

/** Joins those on `channel`; stays alone where there is none, or where the browser has no such channels. */
export function joinPeers(channel: string | undefined, onNotice: () => void): Peers {
  const joined = channel === undefined ? undefined : open(channel)
  joined?.addEventListener('message', onNotice)
  return {
    announce: () => joined?.postMessage(null),
    close() {
      joined?.removeEventListener('message', onNotice)
      joined?.close()
    },
  }
}

function open(channel: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(channel)
  } catch {
    return undefined
  }
}
