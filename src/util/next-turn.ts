/** A pause in which a worker hears what was posted to it meanwhile: an abort reaches code that never waits by no other way. */

/** Resolves in a task of its own, without the delay that timers have when nested. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
