/** How the script tag, which has no subpaths, gets at what acts in the page and on files. */
export { loadEnvironments } from './lazy.ts'
