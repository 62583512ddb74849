/**
 * Buttons that only a person can press, and only on purpose: trusted events alone count, and none that was on its way to the page when
 * the question appeared. A button is armed once it could be seen for a while without a key or a pointer being used.
 */

export interface ArmingOptions<T> {
  area: HTMLElement
  /** Buttons, and what each of them answers. */
  answers: ReadonlyMap<HTMLButtonElement, T>
  /** Milliseconds without cover, in a visible window, without use of keys or pointer. */
  armAfterMs: number
  /** A last look before an answer counts. */
  isSeen(): boolean
  onAnswer(answer: T): void
  onArmed(armed: boolean): void
  signal: AbortSignal
}

/** Until `signal` fires. Returns what is to be told whether the question can be seen now; while it cannot, nothing is armed. */
export function armAnswers<T>({ area, answers, armAfterMs, isSeen, onAnswer, onArmed, signal }: ArmingOptions<T>): (seen: boolean) => void {
  const { ownerDocument: document } = area
  let timer: ReturnType<typeof setTimeout> | undefined
  let seen = false
  let armed = false
  let stale = false // the press under way began before the buttons were armed, or is a key that is held down
  const arm = (value: boolean): void => {
    if (armed !== value) onArmed((armed = value))
  }
  const restart = (): void => {
    clearTimeout(timer)
    arm(false)
    if (seen && document.visibilityState === 'visible' && !signal.aborted) timer = setTimeout(() => arm(true), armAfterMs)
  }
  const press = (event: Event): void => {
    if (!event.isTrusted) return
    stale = !armed || ('repeat' in event && event.repeat === true)
    if (!armed) restart()
  }
  const click = (event: Event): void => {
    const button = buttonOf(event)
    const answer = button && answers.get(button)
    if (answer === undefined || !event.isTrusted || stale || !armed || !isSeen()) return
    onAnswer(answer)
  }
  const view = document.defaultView ?? globalThis
  area.addEventListener('keydown', press, { capture: true, signal })
  area.addEventListener('pointerdown', press, { capture: true, signal })
  area.addEventListener('click', click, { signal })
  view.addEventListener('focus', restart, { signal })
  document.addEventListener('visibilitychange', restart, { signal })
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  onArmed(false)
  return (value) => {
    if (seen === value) return
    seen = value
    restart()
  }
}

function buttonOf({ target }: Event): HTMLButtonElement | undefined {
  return (target as Element).closest('button') ?? undefined
}
