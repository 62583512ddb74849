/** `npm test`: every check of this project, one after another. All are run; any failure makes the exit code 1. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBrowser } from './find-browser.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => path.join(root, 'node_modules/.bin', name)

try {
  process.env.CHROME_PATH = ensureBrowser()
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
mkdirSync(path.join(root, '.cache'), { recursive: true })

const STEPS = [
  ['format', bin('prettier'), ['--check', '.', '--log-level', 'warn']],
  ['types of the library', bin('tsc'), ['-p', '.']],
  ['types of tests and benchmarks', bin('tsc'), ['-p', 'tsconfig.test.json']],
  ['types of the playground', bin('tsc'), ['-p', 'demo']],
  ['lint', bin('oxlint'), ['--type-aware', '--quiet']],
  ['build of the library', 'node', ['build/build.mjs']],
  ['build of the playground', bin('vite'), ['build', '--logLevel', 'error']],
  ['API report', 'node', ['build/api.mjs', '--check']],
  ['sizes', 'node', ['tools/size.mjs']],
  ['package', bin('publint'), ['--strict']],
  ['package types', bin('attw'), ['--pack', '.', '--profile', 'esm-only', '--format', 'ascii', '--quiet']],
  ["trainer's Python", 'node', ['training/test.mjs']],
  [
    'tests',
    bin('vitest'),
    ['run', '--reporter=default', '--reporter=json', '--outputFile.json=.cache/test-report.json', ...process.argv.slice(2)],
  ],
]

const failed = STEPS.filter(([name, command, args]) => !run(name, command, args)).map(([name]) => name)
console.log(failed.length ? `\nFailed: ${failed.join(', ')}` : `\nAll ${STEPS.length} checks passed.`)
process.exit(failed.length ? 1 : 0)

function run(name, command, args) {
  console.log(`\n── ${name}`)
  const began = performance.now()
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, npm_config_ignore_scripts: 'true' } })
  console.log(`── ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return status === 0
}
