/** Finds a Python that has what the trainer needs. */
import { spawnSync } from 'node:child_process'

/** Of Debian. */
export const PACKAGES = ['python3-torch', 'python3-onnx', 'libopenblas0-pthread']

/** A command, or `undefined`. The first python3 of the path may be one without torch. */
export function findPython() {
  const works = (command) => spawnSync(command, ['-c', 'import torch, onnx'], { stdio: 'ignore' }).status === 0
  return ['python3', '/usr/bin/python3'].find(works)
}

/** The same after installing Debian's packages, where this runs as root. */
export function installPython() {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return undefined
  console.log(`installing ${PACKAGES.join(', ')} …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' })
  spawnSync('apt-get', ['install', '-y', '-qq', ...PACKAGES], { stdio: 'ignore', env })
  return findPython()
}
