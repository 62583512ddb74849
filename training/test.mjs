/** The trainer's own tests, where a Python has torch and onnx; a machine without them is told so, and nothing is checked. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findPython } from './find-python.mjs'

const python = findPython()
if (!python) {
  console.log('Left out: no python3 here can import torch and onnx.')
  process.exit(0)
}
const suites = [
  ['discover', '-s', 'training/tests'],
  ['discover', '-s', 'training', '-p', 'test_export.py'],
]
const cwd = fileURLToPath(new URL('..', import.meta.url))
const failed = suites.filter((suite) => spawnSync(python, ['-m', 'unittest', ...suite], { cwd, stdio: 'inherit' }).status !== 0)
process.exit(failed.length ? 1 : 0)
