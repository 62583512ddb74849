/** The playground: wires the page's panels to a session, and its buttons to training, comparing, trying and forgetting. */
import './styles/base.css'
import './styles/page.css'
import './styles/panels.css'
import './styles/episodes.css'
import './styles/dialogs.css'
import { isRepriseError } from 'reprise'
import { byId, setText } from './dom.ts'
import { plural } from './format.ts'
import { deriveSeed, unknownWords } from 'reprise/embedded'
import { referenceFor } from './state/reference.ts'
import { compare, train, trainingGoals, tryGoal, type Run, type RunnerHooks } from './state/runner.ts'
import { openSession, type Session } from './state/session.ts'
import { describe, loadSettings, memoryName, pageOptions, saveSettings, type Settings } from './state/settings.ts'
import { createAlerts } from './views/alerts.ts'
import { createCompare } from './views/compare.ts'
import { createControls } from './views/controls.ts'
import { createCurve } from './views/curve.ts'
import { createMemoryView } from './views/memory.ts'
import { createSetup } from './views/setup.ts'
import { createTheme } from './views/theme.ts'
import { createTranscript } from './views/transcript.ts'
import { createTry } from './views/try-goal.ts'

const options = pageOptions(location.search)
const alerts = createAlerts(byId('alerts', HTMLElement))
const transcript = createTranscript({ now: byId('now', HTMLElement), past: byId('episodes', HTMLElement) })
const comparison = createCompare({ result: byId('compare-result', HTMLElement), goals: byId('compare-goals', HTMLElement) })
const curve = createCurve({
  chart: byId('chart', HTMLElement),
  readout: byId('chart-readout', HTMLElement),
  figures: byId('curve-figures', HTMLElement),
  table: byId('curve-table', HTMLDetailsElement),
})
const memoryView = createMemoryView(
  {
    table: byId('memory-table', HTMLElement),
    figures: byId('memory-figures', HTMLElement),
    search: byId('memory-search', HTMLInputElement),
    exportButton: byId('memory-export', HTMLButtonElement),
    dialog: byId('detail', HTMLDialogElement),
  },
  alerts.error,
)
const setup = createSetup((settings, key) => void changeSession(settings, key))
const controls = createControls(options, {
  train: () => void work('Training', trainGoals),
  compare: () => void work('Comparing', compareGoals),
  stop: () => running?.abort(),
  forget: () => void forget(),
  setup: () => session && setup.open(session.settings),
})
const tryView = createTry((goal, side) => void work('Trying', (run) => tryGoal(run, goal, side)))
createTheme(byId('theme', HTMLButtonElement), curve.recolour)

let session: Session | undefined
let running: AbortController | undefined
let reference: { session: Session; room: number; abort: AbortController } | undefined

void changeSession(loadSettings(options), '')

/** Closes what is open, opens what the settings say, and shows what it holds. */
async function changeSession(settings: Settings, key: string): Promise<void> {
  controls.busy('Opening the memory …', false)
  const before = session
  try {
    const opened = await openSession({ settings, key, draw: options.draw, onLoading: controls.loading })
    session = opened
    saveSettings(settings)
    alerts.clear()
    if (before) await before.close()
  } catch (error) {
    alerts.error(error)
  }
  showSession(before !== session)
}

function showSession(fresh: boolean): void {
  if (!session) return controls.failed()
  const { settings, memory, log, volatile } = session
  if (fresh) {
    transcript.clear()
    memoryView.open(memory)
    comparison.show(log.pairs)
    curve.show({ outcomes: log.outcomes })
    tryView.show(trainingGoals(session, 200), settings.model === 'embedded' ? unknownWords : () => [])
    drawReference(session)
    if (volatile)
      alerts.notice(
        'Nothing will be kept after a reload',
        `This browser gives the page no storage, so the memory lasts until you leave. ${volatile}`,
      )
  }
  controls.ready(describe(settings), log.outcomes.length)
  setText(byId('privacy', HTMLElement), privacyOf(settings))
}

/** Runs something that Stop can end; shows how it goes and what went wrong. */
async function work(name: string, task: (run: Run) => Promise<void>): Promise<void> {
  if (!session || running) return
  const current = session
  running = new AbortController()
  const { signal } = running
  alerts.clear()
  tryView.enable(false)
  controls.busy(`${name} …`, true)
  try {
    await current.load(signal)
    await task({ session: current, hooks: hooksFor(name, current), signal })
    controls.ready(describe(current.settings), current.log.outcomes.length, `${name} is done.`)
  } catch (error) {
    const stopped = isRepriseError(error, 'aborted') && signal.aborted
    if (!stopped) alerts.error(error)
    controls.ready(
      describe(current.settings),
      current.log.outcomes.length,
      `${name} ${stopped ? 'was stopped' : 'broke off'}. What was learned is kept.`,
    )
  } finally {
    running = undefined
    tryView.enable(true)
    memoryView.refresh()
  }
}

function hooksFor(name: string, { log }: Session): RunnerHooks {
  const begun = log.outcomes.length
  return {
    onEvent: transcript.event,
    onEnd: (view) => {
      transcript.end(view)
      if (view.problem && view.problem.code !== 'aborted') alerts.problem(view.problem)
      if (view.stored || view.pruned > 0) memoryView.refresh()
    },
    onLogged: (done, of) => {
      curve.show({ outcomes: log.outcomes })
      comparison.show(log.pairs)
      const solved = log.outcomes.slice(begun).filter(({ success }) => success).length
      controls.progress(done, of, name === 'Training' ? `Goal ${done} of ${of}, ${solved} solved` : `${name}: ${done} of ${of} episodes`)
    },
    pace: controls.pace,
  }
}

async function trainGoals(run: Run): Promise<void> {
  // Asks the browser not to clear what is learned when space runs out; it may say no.
  void navigator.storage?.persist?.().catch(() => false)
  drawReference(run.session, run.session.log.outcomes.length + options.goals)
  await train(run, options.goals)
}

async function compareGoals(run: Run): Promise<void> {
  const pending = compare(run, options.compare)
  comparison.show(run.session.log.pairs)
  await pending
}

/** Draws floor and ceiling for as many goals as the curve has room for. */
function drawReference(of: Session, room: number = Math.max(options.goals, of.log.outcomes.length)): void {
  if (reference?.session === of && reference.room === room) return
  reference?.abort.abort()
  const abort = new AbortController()
  reference = { session: of, room, abort }
  curve.show({ room })
  const seed = deriveSeed(of.settings.world, 'reference')
  void referenceFor(of.world, trainingGoals(of, room), { seed, signal: abort.signal }).then((drawn) => {
    if (drawn) curve.show({ reference: drawn })
  })
}

async function forget(): Promise<void> {
  if (!session || running) return
  const current = session
  try {
    const count = await current.memory.count()
    if (
      !(await controls.confirmForget(
        `${plural(count, 'stored episode')} and the learning curve of this memory (${memoryName(current.settings)}) will be gone. Export first if you want a copy.`,
      ))
    )
      return
    await current.memory.clear()
    current.log.clear()
    showSession(true)
    controls.ready(describe(current.settings), 0, 'Everything learned here is forgotten.')
  } catch (error) {
    alerts.error(error)
  }
}

function privacyOf({ model, embedder }: Settings): string {
  const begin = 'It tries goals in a small text world, keeps what worked, and reads the best-fitting memories before every decision. '
  if (model === 'remote')
    return `${begin}Memory and search run in this page; the prompts, with the memories in them, go to the model you chose.`
  const download = embedder === 'minilm' ? ' but one download of the embedder' : ''
  return `${begin}Model, memory and search run in this page; nothing leaves your browser${download}.`
}

addEventListener('unhandledrejection', ({ reason }) => alerts.error(reason))
addEventListener('error', ({ error }) => error && alerts.error(error))
