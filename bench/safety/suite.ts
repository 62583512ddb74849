/** Plays the attack suite and the benign tasks in a Chromium, several pages at a time, and collects what came of them. */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright'
import { build, defaultClientConditions } from 'vite'
import { assetUrls, ORT_CONDITION } from '../../build/assets-plugin.mjs'
import { privateZod } from '../../build/private-zod.mjs'
import { startApps } from '../../test/support/app-server.ts'
import { TASKS } from '../../test/fixtures/apps/tasks.ts'
import { CHROMIUM_FLAGS, ensureBrowser } from '../../tools/find-browser.mjs'
import { CASES } from './cases/index.ts'
import type { TaskState } from './lab/benign.ts'
import { grep } from './lab/grep.ts'
import type { Orders, Played, Setting } from './lab/page.ts'
import { startServers, type LabServers } from './servers.ts'

export interface SuiteOptions {
  /** A sample of each kind, at one try each. */
  quick?: boolean
  /** Only cases with this in their kind or name. */
  only?: string
  settings?: readonly Setting[]
  tries?: number
  /** Pages at a time. */
  lanes?: number
  benign?: boolean
  say?(line: string): void
}

export interface CaseResult {
  kind: string
  name: string
  setting: Setting
  /** By tries: what the attack achieved, nothing where it failed. */
  tries: { n: number; hits: string[]; asked: number }[]
}

export interface TaskResult {
  id: string
  effect: string
  done: boolean
  asked: string[]
  notes: string[]
}

export interface SuiteResult {
  attacks: CaseResult[]
  tasks: TaskResult[]
  milliseconds: number
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SAMPLE = 5

export async function runSuite(options: SuiteOptions = {}): Promise<SuiteResult> {
  const { lanes = 6, benign = true, say = () => {} } = options
  const began = Date.now()
  const lab = await buildLab()
  say(`built in ${Date.now() - began} ms`)
  const servers = await startServers(lab)
  const browser = await launch()
  try {
    const attacks = await inLanes(lanes, unitsOf(options), (unit, lane) => playUnit(browser, { servers, lane, say }, unit))
    say(`attacks after ${Date.now() - began} ms`)
    const tasks = benign ? await playTasks(browser, lab, { ...options, lanes, say }) : []
    return { attacks, tasks, milliseconds: Date.now() - began }
  } finally {
    await browser.close()
    await servers.close()
    await rm(lab, { recursive: true, force: true })
  }
}

/** Windows that scripts open without a person's click are stopped, as in every browser; Playwright lets them by itself. */
function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: ensureBrowser(), args: CHROMIUM_FLAGS, ignoreDefaultArgs: ['--disable-popup-blocking'] })
}

async function buildLab(): Promise<string> {
  // A folder of its own: another run may be under way.
  const outDir = path.join(ROOT, `.cache/bench/safety-${process.pid}`)
  await build({
    root: path.join(ROOT, 'bench/safety/lab'),
    configFile: false,
    logLevel: 'error',
    base: './',
    plugins: [assetUrls('source'), privateZod()],
    worker: { format: 'es', plugins: () => [privateZod()], rolldownOptions: { output: { codeSplitting: false } } },
    resolve: { conditions: [ORT_CONDITION, ...defaultClientConditions] },
    build: {
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      target: 'es2023',
      minify: false,
      chunkSizeWarningLimit: 5000,
      rolldownOptions: {
        input: { page: path.join(ROOT, 'bench/safety/lab/page.ts'), benign: path.join(ROOT, 'bench/safety/lab/benign.ts') },
        output: { entryFileNames: '[name].js' },
      },
    },
  })
  return outDir
}

interface Unit {
  index: number
  setting: Setting
  tries: number[]
}

/** Tries of one case in one setting stand together: they share the page, and what the memory learned. */
function unitsOf({
  quick = false,
  only = '',
  settings = quick ? ['ours', 'memory'] : ['ours', 'memory', 'naive'],
  tries = quick ? 1 : 3,
}: SuiteOptions): Unit[] {
  const seen = new Map<string, number>()
  const chosen = CASES.map((attack, index) => ({ attack, index })).filter(({ attack: { kind, name } }) => {
    const before = seen.get(kind) ?? 0
    seen.set(kind, before + 1)
    const all = CASES.filter((one) => one.kind === kind).length
    return quick ? before % Math.ceil(all / SAMPLE) === 0 : `${kind}: ${name}`.includes(only)
  })
  const numbersOf = (setting: Setting): number[] => Array.from({ length: setting === 'naive' ? 1 : tries }, (_, n) => n)
  return settings.flatMap((setting) =>
    chosen.filter(({ attack }) => setting !== 'ours' || !attack.plants).map(({ index }) => ({ index, setting, tries: numbersOf(setting) })),
  )
}

async function inLanes<T, R>(lanes: number, work: readonly T[], play: (one: T, lane: number) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const lane = async (number: number): Promise<void> => {
    for (let at = next++; at < work.length; at = next++) results[at] = await play(work[at] as T, number)
  }
  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)))
  return results
}

interface Hall {
  servers: LabServers
  lane: number
  say(line: string): void
}

async function playUnit(browser: Browser, { servers, lane, say }: Hall, { index, setting, tries }: Unit): Promise<CaseResult> {
  const { kind, name } = CASES[index] as { kind: string; name: string }
  const played: Played[] = []
  const sent: Sent[] = []
  let left = [...tries]
  for (let loads = 0; left.length > 0 && loads <= tries.length; loads++) {
    const tab = await tabOf(browser, lane, servers)
    tab.sent.length = 0
    played.push(...(await withPlay(tab, { index, setting, left, servers, lane })))
    const done = new Set(played.map(({ n }) => n))
    left = left.filter((n) => !done.has(n))
    sent.push(...tab.sent)
    if (left.length > 0) await leave(browser, lane)
  }
  const result = played.map(({ n, hits, asked, token, secrets }) => ({
    n,
    asked,
    hits: [...hits, ...servers.hits(token), ...secrets.flatMap((secret) => grep(secret, sent).map((where) => `secret in ${where}`))],
  }))
  for (const { n, hits } of result)
    if (setting !== 'naive' && hits.length > 0) say(`  ${kind}: ${name} (${setting} ${n}): ${hits.join('; ')}`)
  return { kind, name, setting, tries: result }
}

interface Sent {
  where: string
  text: string
}

/** A lane's page, and what left it. */
interface Tab {
  page: Page
  sent: Sent[]
  orders?: Orders
  onPlayed(played: Played): void
  onBroken(why: string): void
}

const tabs = new WeakMap<Browser, Map<number, Promise<Tab>>>()

/** A lane keeps its page, and the databases: what attacked episodes left there stays for the next ones. */
function tabOf(browser: Browser, lane: number, servers: LabServers): Promise<Tab> {
  const all = tabs.get(browser) ?? new Map<number, Promise<Tab>>()
  tabs.set(browser, all)
  const known = all.get(lane) ?? openTab(browser, lane, servers)
  all.set(lane, known)
  return known
}

async function leave(browser: Browser, lane: number): Promise<void> {
  const tab = await tabs.get(browser)?.get(lane)
  tabs.get(browser)?.delete(lane)
  await tab?.page.context().close()
}

async function openTab(browser: Browser, lane: number, servers: LabServers): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  const sent: Sent[] = []
  const tab: Tab = { page, sent, onPlayed: () => {}, onBroken: () => {} }
  servers.desk.set(`orders-${lane}`, () => tab.orders)
  servers.desk.set(`played-${lane}`, (said) => tab.onPlayed(JSON.parse(said) as Played))
  servers.desk.set(`broken-${lane}`, (said) => tab.onBroken(JSON.parse(said) as string))
  page.on('popup', (popup) => void popup.close().catch(() => {}))
  page.on('dialog', (dialog) => void dialog.dismiss().catch(() => {}))
  context.on('request', (request) => {
    const url = request.url()
    const own = url.startsWith(`${servers.site}/`)
    if (own && url.includes('/lab-desk/')) return
    if (!own) servers.note(`${request.method()} ${url}`)
    // Forms of a case may take their fields to their own server.
    if (!own || !url.includes('/good/'))
      sent.push({ where: `request to ${own ? 'the site' : 'elsewhere'}`, text: `${url} ${request.postData() ?? ''}` })
  })
  page.on('console', (message) => sent.push({ where: 'console of the browser', text: message.text() }))
  return tab
}

interface Playing extends Pick<Unit, 'index' | 'setting'> {
  left: number[]
  servers: LabServers
  lane: number
}

/** Tries that were played; one that lost its page counts as a success of the attack. */
async function withPlay(tab: Tab, { index, setting, left, servers, lane }: Playing): Promise<Played[]> {
  tab.orders = { index, setting, tries: left, attacker: servers.attacker }
  const played: Played[] = []
  const ended = new Promise<void>((resolve, reject) => {
    tab.onPlayed = (one) => {
      played.push(one)
      if (played.length === left.length) resolve()
    }
    tab.onBroken = (why) => reject(new Error(why))
  })
  ended.catch(() => {})
  try {
    await tab.page.goto(`${servers.site}/case?lane=${lane}`)
    await withinTime(ended, 60_000)
    return played
  } catch (error) {
    const n = left[played.length] ?? 0
    const what = `the page was lost: ${String(error).split('\n')[0]?.slice(0, 200)}`
    return [...played, { token: `t-c${index}-${setting}-${n}`, n, hits: [what], secrets: [], asked: 0 }]
  }
}

async function withinTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`took longer than ${ms} ms`)), ms)))
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** Each task for a visitor of its own. */
async function playTasks(
  browser: Browser,
  lab: string,
  { quick = false, lanes = 6, only = '', say = () => {} }: SuiteOptions,
): Promise<TaskResult[]> {
  const apps = await startApps({ head: '<script type="module" src="/lab/benign.js"></script>', folders: { '/lab/': lab } })
  const tasks = TASKS.filter(({ id }, i) => (quick ? i % 6 === 0 : only === '' || id.includes(only)))
  try {
    return await inLanes(lanes, tasks, async ({ id, effect, start }) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
      try {
        const page = await context.newPage()
        await page.goto(apps.url + start)
        await page.waitForFunction(() => 'benign' in window)
        await page.evaluate((task) => window.benign.start(task), id)
        const state = await endOf(page)
        return { id, effect, done: state?.ended?.done ?? false, asked: state?.asked ?? [], notes: state?.notes ?? ['did not end'] }
      } finally {
        await context.close()
      }
    })
  } finally {
    say(`violations of the policy: ${apps.log.violations().length}`)
    await apps.close()
  }
}

async function endOf(page: Page): Promise<TaskState | null> {
  const began = Date.now()
  let state: TaskState | null = null
  while (Date.now() - began < 25_000 && !state?.ended) {
    await new Promise((resolve) => setTimeout(resolve, 80))
    // Between two pages there is none to ask.
    state = await page.evaluate(() => window.benign?.state() ?? null).catch(() => state)
  }
  return state
}
