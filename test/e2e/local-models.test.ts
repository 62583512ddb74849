/**
 * The built workers of local models: from a strict page's own origin, and by a script tag from another one. Real weights of the
 * embedded model in the hub's layout; of WebLLM the real package, as far as it goes without a graphics card.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium, listenTo } from '../support/chromium.ts'
import { serveFiles, type StaticServer } from '../support/static-server.ts'

const root = path.resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(path.join(tmpdir(), 'reprise-local-'))

const POLICY = (host: string): string =>
  host === ''
    ? "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; require-trusted-types-for 'script'"
    : `default-src 'self'; script-src 'self' ${host} blob: 'wasm-unsafe-eval'; worker-src blob:; connect-src 'self' ${host} blob:; style-src 'self'`

const pageOf = (host: string): string =>
  `<!doctype html><script src="${host}/dist/reprise.iife.js"></script><script src="${host}/asks.js"></script>`

/** Defines `ask`, which asks each local model once and tells what came of it. */
const ASKS = `
const hello = { messages: [{ role: 'user', content: 'goal:' }], temperature: 0, maxTokens: 2 }
const outcome = (model) => model.generate(hello).then(({ usage }) => usage, ({ code, message }) => ({ code, message }))
const record = (host) => ({ model_id: 'tiny-q4f32', model: host + '/mlc/', model_lib: host + '/mlc/empty.wasm' })
const ask = async (host) => ({
  transformers: await outcome(Reprise.transformersModel('tests/embedded-small', { host: host + '/hub', dtype: 'q8', device: 'wasm' })),
  listed: await outcome(Reprise.webLLM('Qwen3-0.6B-q4f16_1-MLC')),
  compiled: await outcome(Reprise.webLLM('tiny-q4f32', { appConfig: { model_list: [record(host)] } })),
  builtIn: await outcome(Reprise.builtInModel()),
})
`

let browser: Browser
let files: StaticServer
let strict: StaticServer
let other: StaticServer

beforeAll(async () => {
  cpSync(path.join(root, 'dist'), path.join(folder, 'dist'), { recursive: true })
  cpSync(path.join(root, 'src/embedded/model-small'), path.join(folder, 'hub/tests/embedded-small/resolve/main'), { recursive: true })
  mkdirSync(path.join(folder, 'mlc/resolve/main'), { recursive: true })
  writeFileSync(path.join(folder, 'mlc/resolve/main/mlc-chat-config.json'), '{"tokenizer_files":["tokenizer.json"],"conv_template":{}}')
  writeFileSync(path.join(folder, 'mlc/empty.wasm'), Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))
  writeFileSync(path.join(folder, 'asks.js'), ASKS)
  files = await serveFiles({ folder, headers: { 'access-control-allow-origin': '*' } })
  strict = await serveFiles({ folder, pages: { '/': pageOf('') }, headers: { 'content-security-policy': POLICY('') } })
  other = await serveFiles({ pages: { '/': pageOf(files.origin) }, headers: { 'content-security-policy': POLICY(files.origin) } })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await Promise.all([files, strict, other].map((server) => server.close()))
  rmSync(folder, { recursive: true })
})

interface Outcomes {
  transformers: unknown
  listed: { code: string; message: string }
  compiled: { code: string; message: string }
  builtIn: { code: string; message: string }
}

for (const place of ['a strict page’s own origin', 'another origin, by script tag'])
  test(`local models run from ${place}`, async () => {
    const own = place.startsWith('a strict')
    const page = await browser.newPage()
    const { faults } = listenTo(page)
    await page.goto(`${own ? strict.origin : other.origin}/`)
    const { transformers, listed, compiled, builtIn } = await page.evaluate<Outcomes>(
      `ask(${JSON.stringify(own ? strict.origin : files.origin)})`,
    )
    expect(transformers).toEqual({ inputTokens: 2, outputTokens: 2 })
    expect(listed).toMatchObject({ code: 'model-unavailable', message: expect.stringContaining('lacks shader-f16') as string })
    // Past download and compilation, which the policy allows; then the empty module is found to be no model.
    expect(compiled).toMatchObject({
      code: 'model-unavailable',
      message: expect.stringMatching(/could not be loaded: TypeError/) as string,
    })
    expect(builtIn).toMatchObject({ code: 'model-unavailable' })
    expect(faults.filter((fault) => /policy|trusted/i.test(fault))).toEqual([])
    await page.close()
  })
