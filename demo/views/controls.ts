/** The buttons, the status line and its progress bar. */
import { byId, setAttribute, setText } from '../dom.ts'
import { bytes, plural } from '../format.ts'
import { oncePerFrame } from '../frame.ts'
import type { Loading } from '../state/session.ts'

export interface Controls {
  busy(status: string): void
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

  const enable = (ready: boolean): void => {
    // Focus would fall to the page's start with a button that goes out under it.
    const handOver = idle.includes(document.activeElement as HTMLButtonElement) || document.activeElement === stopButton
    for (const other of idle) other.disabled = !ready
    stopButton.disabled = ready
    if (handOver) (ready ? trainButton : stopButton).focus({ preventScroll: true })
  }
  return {
    busy: (text) => {
      enable(false)
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
      enable(false)
      stopButton.disabled = true
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
