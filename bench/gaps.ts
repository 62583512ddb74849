/** How long a thread answered nothing: a message that it keeps sending to itself comes late when it is busy. */
export function watchGaps(): { stop(): number } {
  const { port1, port2 } = new MessageChannel()
  let longest = 0
  let last = performance.now()
  port2.onmessage = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    port1.postMessage(0)
  }
  port1.postMessage(0)
  return {
    stop: () => {
      port2.close()
      return longest
    },
  }
}
