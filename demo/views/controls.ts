/** The buttons, the status line and its progress bar. */
import { byId, setAttribute, setText } from '../dom.ts'
import { bytes, plural } from '../format.ts'
import { oncePerFrame } from '../frame.ts'
import { idleText } from '../state/status.ts'
import type { Loading } from '../state/session.ts'

export interface Controls {
  /** `stoppable` says whether Stop can end it. */
  busy(status: string, stoppable: boolean): void
  /** `status` says what has just ended; default how far the learning is. */
  ready(setup: string, tried: number, status?: string): void
  /** How many goals the next comparison can try. */
  comparable(goals: number): void
  /** Nothing could be opened: only Setup is left. */
  failed(): void
  progress(done: number, of: number, text: string): void
  /** Says what runs, e.g. once everything is loaded. */
  show(status: string): void
  loading(loading: Loading): void
  confirmForget(text: string): Promise<boolean>
  /** Milliseconds to wait after each decision. */
  pace(): number
}

export interface ControlActions {
  train(): void
  compare(): void
  stop(): void
  forget(): void
  setup(): void
}

/** A screen reader hears of progress every so many episodes, not of each. */
const ANNOUNCE_EVERY = 10

export function createControls(counts: { goals: number }, actions: ControlActions): Controls {
  const button = (id: string): HTMLButtonElement => byId(id, HTMLButtonElement)
  const idle = ['train', 'compare', 'forget', 'setup-open'].map(button)
  const [trainButton, compareButton, stopButton] = [button('train'), button('compare'), button('stop')]
  const status = createStatus()
  const pace = byId('pace', HTMLSelectElement)

  trainButton.textContent = `Train ${plural(counts.goals, 'goal')}`
  const bind = (target: HTMLButtonElement, action: () => void): void => target.addEventListener('click', action)
  bind(trainButton, actions.train)
  bind(compareButton, actions.compare)
  bind(stopButton, actions.stop)
  bind(button('forget'), actions.forget)
  bind(button('setup-open'), actions.setup)

  /** The button that the person pressed: gets the focus back, which a button that goes out would lose. */
  let pressed: HTMLButtonElement | undefined
  const enable = (ready: boolean, stoppable = !ready): void => {
    const focused = document.activeElement
    const wasHere = idle.find((other) => other === focused) ?? (focused?.closest('#setup') ? button('setup-open') : undefined)
    for (const other of idle) other.disabled = !ready
    if (!ready) pressed = wasHere ?? pressed
    if (wasHere && stoppable) {
      stopButton.disabled = false
      stopButton.focus({ preventScroll: true })
    }
    if (ready && (focused === stopButton || focused === document.body)) pressed?.focus({ preventScroll: true })
    if (ready) pressed = undefined
    stopButton.disabled = !stoppable
  }
  return {
    busy: (text, stoppable) => {
      enable(false, stoppable)
      status.show(text, null)
      status.announce(text)
    },
    ready: (setup, tried, text = idleText(tried)) => {
      enable(true)
      setText(byId('setup-summary', HTMLElement), setup)
      status.show(text, 0)
      status.announce(text)
    },
    comparable: (goals) => setText(compareButton, goals === 0 ? 'Compare' : `Compare ${plural(goals, 'goal')}`),
    failed: () => {
      enable(false, false)
      button('setup-open').disabled = false
      status.show('The memory could not be opened.', 0)
    },
    progress: (done, of, text) => {
      status.show(text, done / of)
      if (done % ANNOUNCE_EVERY === 0) status.announce(text)
    },
    show: (text) => status.show(text, null),
    loading: ({ what, loaded, total, beside }) => {
      const complete = total > 0 && loaded >= total
      const size = total > 0 ? `${bytes(loaded)} of ${bytes(total)}` : bytes(loaded)
      // How far the rest is nobody tells: the bar counts the weights alone.
      status.show(`Loading the ${what} (${size})${beside} …`, total > 0 && !complete ? loaded / total : null)
    },
    confirmForget,
    pace: () => Number(pace.value),
  }
}

function createStatus(): { show(text: string, ratio: number | null): void; announce(text: string): void } {
  const [line, announcement, bar] = [byId('status', HTMLElement), byId('announce', HTMLElement), byId('progress', HTMLProgressElement)]
  let shown: { text: string; ratio: number | null } = { text: '', ratio: 0 }
  const draw = oncePerFrame(() => {
    setText(line, shown.text)
    setAttribute(bar, 'value', shown.ratio)
  })
  return {
    show: (text, ratio) => {
      shown = { text, ratio }
      draw()
    },
    announce: (text) => setText(announcement, text),
  }
}

function confirmForget(text: string): Promise<boolean> {
  const dialog = byId('forget-dialog', HTMLDialogElement)
  setText(byId('forget-text', HTMLElement), text)
  dialog.returnValue = 'cancel'
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'forget'), { once: true })
  })
}
