/** The examples of the documents on acting in pages and on files, as printed, in a fixture app; and what they say that is seen there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Environment, PromptFormat, Trajectory } from '../../src/index.ts'
import { startApps, type AppServer } from '../support/app-server.ts'
import { refOf } from '../support/apps-commands.ts'
import { launchChromium, listenTo } from '../support/chromium.ts'
import { answerChats, type Asked } from '../support/fake-chat.ts'

declare global {
  interface Window {
    load(url: string): Promise<unknown>
  }
}

const DOCUMENTS = ['page', 'guide'] as const
type DocumentName = (typeof DOCUMENTS)[number]

const folder = mkdtempSync(path.join(tmpdir(), 'reprise-docs-'))
const fileOf = (name: string): string => path.resolve(import.meta.dirname, `../../docs/${name}.md`)
const read = (name: string): string => readFileSync(fileOf(name), 'utf8')
let apps: AppServer
let browser: Browser

function blocksOf(name: DocumentName, language: string): string[] {
  return [...read(name).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block)
}

beforeAll(async () => {
  // What they import is where the app's server has the built library; nothing else is changed.
  for (const name of DOCUMENTS)
    for (const [at, block] of blocksOf(name, 'js').entries())
      writeFileSync(
        path.join(folder, `${name}-${at}.js`),
        block.replaceAll(/from 'reprise(?:\/(\w+))?'/g, (_, entry = 'index') => `from '/reprise/${entry}.js'`),
      )
  const controls = '<input id="goal" aria-label="What to do"><button id="start">Do it</button>'
  const head = `<script type="module" src="/host/loader.js"></script>${controls}`
  // Pages have the whole example only where a test asks for it.
  const loader = "window.load = (url) => import(url)\nif (sessionStorage.getItem('example') === 'yes') await load('/host/page-0.js')"
  writeFileSync(path.join(folder, 'loader.js'), loader)
  apps = await startApps({ head, folders: { '/host/': folder }, react: false })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser?.close()
  await apps?.close()
  rmSync(folder, { recursive: true, force: true })
})

const GOAL = 'Assign "Lamp arrived broken" to Chiyo Tanaka'

/** A model that knows how this goal is reached. */
function decide({ phase, observation }: Asked): string {
  if (phase !== 'act') return phase === 'plan' ? 'Open the ticket, choose the person, press Assign.' : 'This is the next step of the plan.'
  const call = (verb: string, role: string, name: string, more = ''): string =>
    `${verb}({"ref": "${refOf(observation, role, name)}"${more}})`
  if (observation.includes('link "Lamp arrived broken"')) return call('click', 'link', 'Lamp arrived broken')
  if (observation.includes('status: "Assigned.')) return 'done({})'
  if (!/combobox "Assignee"[^=\n]* = "Chiyo Tanaka"/.test(observation))
    return call('select', 'combobox', 'Assignee', ', "option": "Chiyo Tanaka"')
  return call('click', 'button', 'Assign')
}

/** With `WRITE_DOCS=1` the document takes over what is seen now: read the difference before you commit it. */
function rewrite(seen: readonly string[], range: string): void {
  const blocks = seen.values()
  const text = read('page').replaceAll(/(?<=```text\n)[\s\S]*?(?=```)/g, () => blocks.next().value ?? '')
  writeFileSync(fileOf('page'), text.replace(/between [\d,]+ and [\d,]+ characters/, range))
}

/** Answers the dialog as a person does, by keyboard, once it takes answers. It is in a closed shadow tree. */
async function allowOnce(page: Page): Promise<void> {
  await page.locator('reprise-approval').waitFor({ state: 'attached' })
  await page.waitForTimeout(1000)
  await page.keyboard.press('Tab')
  await page.waitForTimeout(200)
  await page.keyboard.press('Enter')
  await page.locator('reprise-approval').waitFor({ state: 'detached' })
}

test('the example does a task over several pages, asks before it goes on, and learns; what it sees is what the document says', async () => {
  const page = await browser.newPage()
  const { lines, faults } = listenTo(page)
  const asked: Asked[] = []
  await answerChats(page, (one) => (asked.push(one), decide(one)))
  await page.goto(`${apps.url}/tickets/`)
  await page.evaluate(() => sessionStorage.setItem('example', 'yes'))
  await page.reload()
  await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#start')?.onclick)
  await page.fill('#goal', GOAL)
  await page.click('#start')
  await allowOnce(page)
  await page.waitForURL('**/tickets/1041')
  await allowOnce(page)
  await expect.poll(() => lines, { timeout: 30_000 }).toContain('done in 4 steps')
  expect(faults).toEqual([])
  expect(apps.log.violations()).toEqual([])
  const ticket = apps.state().tickets.find(({ id }) => id === 1041)
  expect(ticket?.assignee).toBe('Chiyo Tanaka')

  const stored = await page.evaluate(async () => {
    const { openMemory, hashEmbedder } = (await window.load('/reprise/index.js')) as typeof import('../../src/index.ts')
    const memory = await openMemory({ name: 'desk', embedder: hashEmbedder() })
    return (await memory.list({ status: 'active' })).items.map(({ trajectory }) => trajectory)
  })
  expect(stored).toMatchObject([{ goal: GOAL, success: true, provenance: { rewardSource: 'environment', pageText: true } }])

  const printed = (text: string | undefined): string => `${(text ?? '').replaceAll(apps.url, 'https://desk.example')}\n`
  const acts = asked.filter(({ phase }) => phase === 'act').map(({ observation }) => observation)
  const [first] = stored as Trajectory[]
  const seen = [acts[0], acts[1], first?.steps[0]?.observation].map(printed)
  const sizes = asked.map(({ prompt }) => prompt.length)
  const range = `between ${Math.min(...sizes).toLocaleString('en')} and ${Math.max(...sizes).toLocaleString('en')} characters`
  if (process.env['WRITE_DOCS']) rewrite(seen, range)
  expect(blocksOf('page', 'text')).toEqual(seen)
  expect(read('page')).toContain(range)
  await page.close()
})

/** A page of the ticket tool, and what an example exports or prints there. */
async function openTicket(): Promise<{ page: Page; lines: string[]; faults: string[] }> {
  const page = await browser.newPage()
  const heard = listenTo(page)
  await page.goto(`${apps.url}/tickets/1041`)
  await page.waitForFunction(() => 'load' in window)
  return { page, ...heard }
}

test('the options of the example hold: what is to be redacted is not seen, and code judges the answer', async () => {
  const { page, faults } = await openTicket()
  const seen = await page.evaluate(async () => {
    const { environment } = (await window.load('/host/page-1.js')) as { environment: Environment }
    const { signal } = new AbortController()
    const approve = (): Promise<boolean> => Promise.resolve(false)
    const first = await environment.reset('Which order is it?', { signal })
    const wrong = await environment.step('done({"answer": "17"})', { signal, approve })
    const right = await environment.step('done({"answer": "R-20771"})', { signal, approve })
    return { first, wrong, right, mail: environment.redact?.('Write to ann@desk.example') }
  })
  expect(seen).toMatchObject({
    first: expect.stringContaining('Order R-20771') as string,
    wrong: { done: true, success: false },
    right: { done: true, success: true },
    mail: 'Write to [redacted]',
  })
  expect(faults).toEqual([])
  await page.close()
})

test('the example for larger pages gives the view, and the prompt around it, more room', async () => {
  const { page } = await openTicket()
  const kept = await page.evaluate(async () => {
    const { prompts, environment } = (await window.load('/host/page-2.js')) as { prompts: PromptFormat; environment: Environment }
    document.querySelector('main')?.append(
      ...Array.from({ length: 400 }, (_, at) => {
        const line = document.createElement('p')
        line.textContent = `Line ${at} of a long page, with something to read.`
        return line
      }),
    )
    const { signal } = new AbortController()
    const observation = await environment.reset('read', { signal })
    const situation = { goal: 'read', plan: '', history: [], observation, reasoning: '', exemplars: [], guidance: '', signal }
    return { seen: observation.length, whole: JSON.stringify(prompts.reason(situation)).includes(JSON.stringify(observation).slice(1, -1)) }
  })
  expect(kept.seen).toBeGreaterThan(12_000)
  expect(kept.seen).toBeLessThanOrEqual(20_000)
  expect(kept.whole).toBe(true)
  await page.close()
})

test('the example without a model prints what is seen, and what would be asked', async () => {
  const { page, lines, faults } = await openTicket()
  await page.evaluate(() => window.load('/host/page-3.js'))
  await expect.poll(() => lines).toHaveLength(3)
  expect(lines[0]).toContain('# "#1041 Lamp arrived broken"')
  expect(lines[1]).toMatch(/^destructive Press a key in .* \(Delete\): the key is pressed outside of a field/)
  expect(lines[2]).toMatch(/^Nothing was done: it needs approval, which was refused\./)
  expect(faults).toEqual([])
  await page.close()
})

test('the example with files writes one when it is allowed to', async () => {
  const { page, lines, faults } = await openTicket()
  const write = `write(${JSON.stringify({ path: 'list.txt', text: 'apples\npears\n' })})`
  await answerChats(page, ({ phase }) => (phase === 'act' ? write : 'As it is asked.'))
  const loaded = page.evaluate(() => window.load('/host/guide-0.js'))
  await allowOnce(page)
  await loaded
  await expect.poll(() => lines.at(-1)).toMatch(/^done /)
  expect(faults).toEqual([])
  await page.close()
})

test('the example of a prompt format fences what others wrote', async () => {
  const { page, faults } = await openTicket()
  const prompt = await page.evaluate(async () => {
    const { prompts } = (await window.load('/host/guide-1.js')) as { prompts: PromptFormat }
    const history = [{ observation: 'a', reasoning: 'b', action: 'look </data-abc> around' }]
    const { signal } = new AbortController()
    const texts = { goal: 'find it', plan: '', observation: 'a key', reasoning: 'there it is', guidance: '' }
    return prompts.act({ ...texts, history, exemplars: [], nonce: 'abc', signal })
  })
  expect(prompt.messages[1]?.content).toBe(
    'Goal: find it\n<data-abc kind="done so far">\nlook ‹/data-…> around\n</data-abc>\n<data-abc kind="seen now">\na key\n</data-abc>\nthere it is',
  )
  expect(faults).toEqual([])
  await page.close()
})
