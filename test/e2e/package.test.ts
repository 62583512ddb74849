/** The packed tarball as its users meet it: the README's examples, as printed, in fresh apps. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, cpSync, appendFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright'
import { launchChromium, listenTo } from '../support/chromium.ts'
import { answerChats } from '../support/fake-chat.ts'
import { serveFiles } from '../support/static-server.ts'

const root = path.resolve(import.meta.dirname, '../..')
const work = mkdtempSync(path.join(tmpdir(), 'reprise-package-'))
const app = path.join(work, 'app')
const vite = path.join(root, 'node_modules/vite/bin/vite.js')
const readme = readFileSync(path.join(root, 'README.md'), 'utf8')
let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
  mkdirSync(app)
  writeFileSync(path.join(app, 'package.json'), '{ "private": true, "type": "module" }')
  execFileSync('npm', ['install', path.join(work, filename), '--offline', '--no-audit', '--no-fund'], { cwd: app, stdio: 'ignore' })
  symlinkSync(path.join(root, 'node_modules/vite'), path.join(app, 'node_modules/vite'))
  writeFileSync(path.join(app, 'index.html'), '<!doctype html><title>app</title><script type="module" src="/main.js"></script>')
  writeFileSync(path.join(app, 'main.js'), exampleOf('js'))
})

afterAll(async () => {
  await browser.close()
  rmSync(work, { recursive: true, force: true })
})

/** A code block of the README in a language: the first, or the one after so many others. */
function exampleOf(language: string, at = 0): string {
  const block = [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))][at]?.[1]
  if (!block) throw new Error(`The README has no ${language} example`)
  return block
}

/** Opens a page and waits until the example has printed a line for each of its goals. */
async function runExample(url: string): Promise<string[]> {
  const page = await browser.newPage()
  const { lines, faults } = listenTo(page)
  await page.goto(url)
  const results = (): string[] => lines.filter((line) => /^(done|failed) in \d+ steps/.test(line))
  await expect.poll(() => faults.length > 0 || results().length === 20, { timeout: 120_000, interval: 250 }).toBe(true)
  await page.context().close()
  expect(faults).toEqual([])
  return results()
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Runs Vite in the app until `use` is done with its address. */
async function withVite<T>(args: string[], use: (url: string) => Promise<T>): Promise<T> {
  const port = await freePort()
  const child: ChildProcess = spawn('node', [vite, ...args, '--port', String(port), '--strictPort', '--host', 'localhost'], {
    cwd: app,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (text: Buffer) => String(text).includes(String(port)) && resolve())
      child.on('exit', (code) => reject(new Error(`vite ended with ${code}`)))
    })
    return await use(`http://localhost:${port}/`)
  } finally {
    child.kill('SIGKILL')
  }
}

test('the example has at most 10 lines of code', () => {
  expect(
    exampleOf('js')
      .trim()
      .split('\n')
      .filter((line) => line.trim() && !line.trim().startsWith('//')).length,
  ).toBeLessThanOrEqual(10)
})

test('installing the package installs nothing else', () => {
  const { dependencies = {} } = JSON.parse(readFileSync(path.join(app, 'node_modules/reprise/package.json'), 'utf8')) as {
    dependencies?: object
  }
  expect(dependencies).toEqual({})
})

test('the example runs under vite dev without configuration', async () => {
  const results = await withVite([], runExample)
  expect(results.some((line) => line.startsWith('done'))).toBe(true)
})

test('the example runs under vite build', async () => {
  execFileSync('node', [vite, 'build', '--logLevel', 'error'], { cwd: app, stdio: 'inherit' })
  const results = await withVite(['preview'], runExample)
  expect(results.some((line) => line.startsWith('done'))).toBe(true)
})

test.each([['vite dev', []] as const, ['vite build', ['preview']] as const])(
  'the example of an agent in the page runs under %s',
  async (_, args) => {
    writeFileSync(
      path.join(app, 'index.html'),
      '<!doctype html><title>app</title><label><input type="checkbox" id="newsletter"> Newsletter</label><script type="module" src="/page.js"></script>',
    )
    writeFileSync(path.join(app, 'page.js'), exampleOf('js', 1))
    if (args.length > 0) execFileSync('node', [vite, 'build', '--logLevel', 'error'], { cwd: app, stdio: 'inherit' })
    await withVite([...args], async (url) => {
      const page = await browser.newPage()
      const { lines, faults } = listenTo(page)
      await answerChats(page, ({ phase, observation }) => {
        const ref = /\[(e\d+)\] checkbox "Newsletter"/.exec(observation)?.[1]
        return phase === 'act' ? `check({"ref": "${ref}", "checked": true})` : 'Tick it.'
      })
      await page.goto(url)
      await expect.poll(() => faults.length > 0 || lines.includes('done in 1 steps'), { timeout: 60_000 }).toBe(true)
      expect(faults).toEqual([])
      await page.context().close()
    })
  },
)

test('the script tag works from another origin', async () => {
  const files = await serveFiles({ folder: path.join(app, 'node_modules/reprise/dist'), headers: { 'access-control-allow-origin': '*' } })
  const page = exampleOf('html').replace(/src="[^"]*reprise\.iife\.js"/, `src="${files.origin}/reprise.iife.js"`)
  const host = await serveFiles({ pages: { '/': page } })
  const results = await runExample(`${host.origin}/`)
  expect(results.some((line) => line.startsWith('done'))).toBe(true)
  await Promise.all([host.close(), files.close()])
})

test.each(['workers/memory.worker.js', 'parts/memory-client.js'])(
  'the script tag refuses %s of another origin that was changed, with a code',
  async (file) => {
    const tampered = path.join(work, 'tampered')
    cpSync(path.join(app, 'node_modules/reprise/dist'), tampered, { recursive: true })
    appendFileSync(path.join(tampered, file), '\n// changed')
    const files = await serveFiles({ folder: tampered, headers: { 'access-control-allow-origin': '*' } })
    const script = `<!doctype html><script src="${files.origin}/reprise.iife.js"></script>
    <script>Reprise.openMemory({ name: 'x', embedder: Reprise.hashEmbedder() }).catch((error) => console.log('refused', error.code))</script>`
    const host = await serveFiles({ pages: { '/': script } })
    const page = await browser.newPage()
    const { lines } = listenTo(page)
    await page.goto(`${host.origin}/`)
    await expect.poll(() => lines.find((line) => line.startsWith('refused')), { timeout: 30_000 }).toBe('refused worker-lost')
    await Promise.all([page.close(), host.close(), files.close()])
    rmSync(tampered, { recursive: true })
  },
)

test('the types need no other package, under either way of resolving modules', () => {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
  const source = `import { createAgent, openMemory, hashEmbedder, toolEnvironment } from 'reprise'
    import { embeddedModel } from 'reprise/embedded'
    import { remoteModel } from 'reprise/models'
    import { fileEnvironment } from 'reprise/files'
    import { pageEnvironment, resumeRun } from 'reprise/page'
    import { scriptedModel } from 'reprise/testing'
    import { confirmDialog } from 'reprise/ui'
    const memory = await openMemory({ name: 'x', embedder: hashEmbedder() })
    createAgent({ model: embeddedModel(), memory }); createAgent({ model: remoteModel('openai/x', { getToken: () => '' }), memory })
    createAgent({ model: scriptedModel(['']), memory }).run(toolEnvironment({ tools: [] }), 'x').then(({ steps }) => steps.length.toFixed())
    const asking = createAgent({ model: scriptedModel(['']), memory, confirm: confirmDialog() })
    resumeRun(asking, pageEnvironment({ effects: [{ selector: 'a', effect: 'read' }] })).then((run) => run?.status === 'continued' && run.trajectory.id)
    navigator.storage.getDirectory().then((folder) => asking.run(fileEnvironment(folder), 'x'))
    // @ts-expect-error
    createAgent({ memory, k: 'three' })`
  const globals =
    'declare function fetchTokenFromYourServer(): Promise<string>; declare function sendTicket(ticket: unknown, desk: unknown): Promise<string>'
  writeFileSync(path.join(app, 'types.mts'), source)
  writeFileSync(path.join(app, 'readme.mts'), `${exampleOf('ts')}\n${globals}`)
  for (const resolution of ['bundler', 'nodenext']) {
    const module = resolution === 'bundler' ? 'esnext' : 'nodenext'
    execFileSync(
      'node',
      [
        tsc,
        '--noEmit',
        '--strict',
        '--skipLibCheck',
        'false',
        '--types',
        '',
        '--target',
        'es2023',
        '--lib',
        'es2024,dom,dom.iterable',
        '--module',
        module,
        '--moduleResolution',
        resolution,
        'types.mts',
        'readme.mts',
      ],
      { cwd: app, stdio: 'inherit' },
    )
  }
})

test('importing any entry in Node works and leaves no trace', () => {
  const script = `
    const before = Object.getOwnPropertyNames(globalThis).length
    for (const entry of ['reprise', 'reprise/models', 'reprise/embedded', 'reprise/page', 'reprise/files', 'reprise/ui', 'reprise/learning', 'reprise/testing']) await import(entry)
    const grown = Object.getOwnPropertyNames(globalThis).length - before
    console.log(JSON.stringify({ grown, handles: process.getActiveResourcesInfo().filter((name) => ['Timeout', 'MessagePort', 'Worker', 'TCPSocketWrap'].includes(name)) }))`
  const printed = execFileSync('node', ['--input-type=module', '-e', script], { cwd: app, encoding: 'utf8' })
  expect(JSON.parse(printed)).toEqual({ grown: 0, handles: [] })
})
