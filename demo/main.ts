/**
 * The playground: wires the page's panels to a session, and its buttons to training, comparing, trying and forgetting.
 *
 * The address may say how much is done and what is drawn, e.g. `?goals=12&compare=6&seed=1&draw=1`:
 * - `goals`, 1 to 500 (default 60): goals per press of Train.
 * - `compare`, 1 to 500 (default 20): fresh goals per press of Compare.
 * - `seed`, 0 to 1,000,000 (default: the world chosen last, at first 1): the world. Another one chosen in Setup replaces it.
 * - `draw`, 0 to 1,000,000 (default: another one each visit): seed of the embedded model's answers, for runs that repeat.
 * What is no such number counts as not given.
 */
import './styles/base.css'
import './styles/page.css'
import './styles/panels.css'
import './styles/memory.css'
import './styles/ledger.css'
import './styles/episodes.css'
import './styles/dialogs.css'
import { isRepriseError } from 'reprise'
import { byId, setText } from './dom.ts'
import { plural } from './format.ts'
import { createRandom, deriveSeed } from 'reprise/embedded'
import { goalsOf } from './state/fresh-goals.ts'
import { referenceFor } from './state/reference.ts'
import { compare, nextComparison, train, trainingGoals, tryGoal, type Run, type RunnerHooks } from './state/runner.ts'
import { openSession, type Session } from './state/session.ts'
import { addressFor, describe, loadSettings, memoryName, pageOptions, saveSettings, type Settings } from './state/settings.ts'
import { endText } from './state/status.ts'
import { createAlerts } from './views/alerts.ts'
import { createCompare } from './views/compare.ts'
import { createControls } from './views/controls.ts'
import { createCurve } from './views/curve.ts'
import type { PageView } from './views/desk/page-view.ts'
import { createMemoryView } from './views/memory.ts'
import { createNav } from './views/nav.ts'
import { createSetup } from './views/setup.ts'
import { createTheme } from './views/theme.ts'
import { createTranscript } from './views/transcript.ts'
import { createTry } from './views/try-goal.ts'

const options = pageOptions(location.search)
const alerts = createAlerts(byId('alerts', HTMLElement))
const transcript = createTranscript({ now: byId('now', HTMLElement), past: byId('episodes', HTMLElement) })
const comparison = createCompare({
  about: byId('compare-about', HTMLElement),
  result: byId('compare-result', HTMLElement),
  goals: byId('compare-goals', HTMLElement),
})
const curve = createCurve({
  chart: byId('chart', HTMLElement),
  readout: byId('chart-readout', HTMLElement),
  figures: byId('curve-figures', HTMLElement),
  table: byId('curve-table', HTMLDetailsElement),
})
const memoryView = createMemoryView({
  onError: alerts.error,
  onNotice: alerts.notice,
  onChanged: memoryChanged,
  onElsewhere: lookAgain,
})
const setup = createSetup((settings, key) => void changeSession(settings, key))
const controls = createControls(options, {
  train: () => void work(['Training', 'Train'], trainGoals),
  compare: () => void work(['Comparing', 'Compare'], compareGoals),
  stop: () => running?.abort(),
  forget: () => void forget(),
  setup: () => session && setup.open(session.settings),
})
const tryView = createTry((goal, side) => void work(['Trying', 'Run'], (run) => tryGoal(run, goal, side)))
createTheme(byId('theme', HTMLButtonElement), curve.recolour)
createNav(openPage)

let session: Session | undefined
let pageView: PageView | undefined
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
    history.replaceState(history.state, '', addressFor(location.href, settings))
    // Another model may stand behind the same memory.
    if (before) opened.log.closeComparison()
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
    showLog(session)
    tryView.show(goalsOf(session.world, 0), refusalOf(session))
    drawReference(session)
    if (volatile)
      alerts.notice(
        'Nothing will be kept after a reload',
        `This browser gives the page no storage, so the memory lasts until you leave. ${volatile}`,
      )
  }
  controls.ready(describe(settings), log.outcomes.length)
  setText(byId('privacy', HTMLElement), privacyOf(settings))
  pageView?.modelChanged()
}

/** Acting in a page needs a good part of the library, so it is loaded when it is looked at. */
async function openPage(place: HTMLElement): Promise<void> {
  try {
    const { openPageView } = await import('./views/desk/page-view.ts')
    pageView = await openPageView(place, {
      alerts,
      model: () => (session?.chatModel ? { name: session.settings.remote.name, model: session.chatModel } : null),
      setup: () => session && !running && setup.open(session.settings),
    })
  } catch (error) {
    alerts.error(error)
  }
}

/** Shows what the run log says, and what can be compared next. */
function showLog(of: Session): void {
  const { outcomes, pairs, closed } = of.log
  const next = nextComparison(of, options.compare)
  curve.show({ outcomes })
  comparison.show({ pairs, closed, more: next.goals.length > 0, leftOut: next.leftOut })
  controls.comparable(next.goals.length)
}

/** What was compared before was another memory. */
function memoryChanged(): void {
  session?.log.closeComparison()
  if (session) showLog(session)
}

/** Why a goal cannot be tried in this world, in words; `null` where it can. */
function refusalOf({ world }: Session): (goal: string) => string | null {
  return (goal) => {
    try {
      world.begin(goal, createRandom(0))
      return null
    } catch (error) {
      return isRepriseError(error, 'environment-failed') ? error.message : String(error)
    }
  }
}

/** Runs something that Stop can end; shows how it goes and what went wrong. `button` starts it. */
async function work([name, button]: readonly [string, string], task: (run: Run) => Promise<void>): Promise<void> {
  if (!session || running) return
  const current = session
  running = new AbortController()
  const { signal } = running
  alerts.clear()
  tryView.enable(false)
  controls.busy(`${name} …`, true)
  try {
    await current.load(signal)
    controls.show(`${name} …`)
    await task({ session: current, hooks: hooksFor([name, button], current), signal })
    ended(current, endText(name, 'is done', current.log.outcomes.length))
  } catch (error) {
    const stopped = isRepriseError(error, 'aborted') && signal.aborted
    if (!stopped) alerts.error(error, button)
    ended(current, endText(name, stopped ? 'was stopped' : 'broke off', current.log.outcomes.length))
  } finally {
    running = undefined
    tryView.enable(true)
    memoryView.refresh()
  }
}

function ended(of: Session, status: string): void {
  showLog(of)
  controls.ready(describe(of.settings), of.log.outcomes.length, status)
}

function hooksFor([name, button]: readonly [string, string], { log }: Session): RunnerHooks {
  const begun = log.outcomes.length
  return {
    again: button,
    onEvent: (view, event) => {
      transcript.event(view, event)
      // The view learns of it frames later; even a failure changes what is known of the memories it read.
      if (event.type === 'episode-end' && view.side === 'training') memoryView.refresh()
    },
    onEnd: (view) => {
      transcript.end(view)
      if (view.problem) alerts.problem(view.problem)
    },
    onLogged: (done, of) => {
      curve.show({ outcomes: log.outcomes })
      comparison.show({ pairs: log.pairs, closed: log.closed })
      const solved = log.outcomes.slice(begun).filter(({ success }) => success).length
      controls.progress(done, of, name === 'Training' ? `Goal ${done} of ${of}, ${solved} solved` : `${name}: ${done} of ${of} episodes`)
    },
    pace: controls.pace,
  }
}

async function trainGoals(run: Run): Promise<void> {
  drawReference(run.session, run.session.log.outcomes.length + options.goals)
  await train(run, options.goals)
}

async function compareGoals(run: Run): Promise<void> {
  if (nextComparison(run.session, options.compare).goals.length === 0)
    return alerts.notice('No fresh goals are left', 'Every goal of this world was tried. Choose another world in Setup to compare on.')
  const pending = compare(run, options.compare)
  comparison.show({ pairs: run.session.log.pairs, closed: false })
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

/** Another tab may have trained or forgotten meanwhile. */
function lookAgain(): void {
  if (document.hidden || !session || running) return
  memoryView.refresh()
  if (!session.log.reload()) return
  showLog(session)
  controls.ready(describe(session.settings), session.log.outcomes.length)
}

document.addEventListener('visibilitychange', lookAgain)
// What was tried and how it went is kept beside the memory, and written a little later.
addEventListener('storage', lookAgain)
addEventListener('unhandledrejection', ({ reason }) => alerts.error(reason))
addEventListener('error', ({ error }) => error && alerts.error(error))
