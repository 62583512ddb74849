/** Finds a Chromium for tests, or fetches one. Prints its path when run by itself. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'

/** Flags under which Chromium runs as root in a container, stays off the network, and has WebGPU without a GPU. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
]

/** Path of an installed Chromium or Chrome, or `undefined`. */
export function findBrowser() {
  const candidates = [
    process.env.CHROME_PATH,
    chromium.executablePath(),
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ]
  return candidates.find((path) => path && existsSync(path))
}

/** The same, after trying to install one; throws one clear line where none can be had. */
export function ensureBrowser() {
  const found = findBrowser()
  if (found) return found
  console.log('No Chromium found: fetching one for the tests …')
  attempt('npx', ['playwright', 'install', '--with-deps', 'chromium'])
  if (!findBrowser()) attempt('npx', ['playwright', 'install', 'chromium']) // without root, where the libraries may be there already
  if (!findBrowser() && process.platform === 'linux') {
    attempt('apt-get', ['update', '-qq'])
    attempt('apt-get', ['install', '-y', '-qq', 'chromium'])
  }
  const fetched = findBrowser()
  if (fetched) return fetched
  throw new Error(
    'No Chromium to test in: none is installed and none could be fetched. Install Chromium or Chrome, or set CHROME_PATH to one.',
  )
}

function attempt(command, args) {
  try {
    execFileSync(command, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 600_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  } catch (error) {
    const lines = String(error.stderr || error.message)
      .trim()
      .split('\n')
    console.log(`  ${command} ${args[0]} did not succeed: ${lines.find((line) => line.startsWith('Error')) ?? lines.at(-1)}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(ensureBrowser())
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}
