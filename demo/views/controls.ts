/** The buttons, the status line and its progress bar. */
import { byId, setAttribute, setText } from '../dom.ts'
import { bytes, plural } from '../format.ts'
import { oncePerFrame } from '../frame.ts'
import type { Loading } from '../state/session.ts'

export interface Controls {
  /** `stoppable` says whether Stop can end it. */
  busy(status: string, stoppable: boolean): void
  /** `finished` says what has just ended. */
  ready(setup: string, tried: number, finished?: string): void
  /** Nothing could be opened: only Setup is left. */
  failed(): void
  progress(done: number, of: number, text: string): void
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

export function createControls(counts: { goals: number; compare: number }, actions: ControlActions): Controls {
  const button = (id: string): HTMLButtonElement => byId(id, HTMLButtonElement)
  const idle = ['train', 'compare', 'forget', 'setup-open'].map(button)
  const [trainButton, compareButton, stopButton] = [button('train'), button('compare'), button('stop')]
  const status = createStatus()
  const pace = byId('pace', HTMLSelectElement)

  trainButton.textContent = `Train ${plural(counts.goals, 'goal')}`
  compareButton.textContent = `Compare ${plural(counts.compare, 'goal')}`
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
    ready: (setup, tried, finished) => {
      enable(true)
      setText(byId('setup-summary', HTMLElement), setup)
      const learned = tried === 0 ? 'Ready. Nothing learned yet.' : `Ready. ${plural(tried, 'goal')} tried so far.`
      status.show(finished ? `${finished} ${learned}` : learned, 0)
      status.announce(finished ?? learned)
    },
    failed: () => {
      enable(false, false)
      button('setup-open').disabled = false
      status.show('The memory could not be opened.', 0)
    },
    progress: (done, of, text) => {
      status.show(text, done / of)
      if (done % ANNOUNCE_EVERY === 0) status.announce(text)
    },
    loading: ({ what, loaded, total }) => {
      const complete = total > 0 && loaded >= total
      const size = total > 0 ? `${bytes(loaded)} of ${bytes(total)}` : bytes(loaded)
      status.show(complete ? `Starting the ${what} …` : `Loading the ${what}: ${size}`, total > 0 && !complete ? loaded / total : null)
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
