/** Files into memory, chosen or dropped anywhere on the page: how far it is, what came of it, and a way to stop. */
import { isRepriseError, type OpenMemory } from 'reprise'
import { problemOf } from '../advice.ts'
import { byId, fill, h, setAttribute, setText } from '../dom.ts'
import { plural } from '../format.ts'
import { oncePerFrame } from '../frame.ts'
import { progressText, resultText } from '../state/memory-words.ts'
import { importFiles } from '../state/transfer.ts'
import type { ImportResult } from '../state/memory-types.ts'

export interface ImportElements {
  button: HTMLButtonElement
  input: HTMLInputElement
  /** Shows progress and result. */
  box: HTMLElement
  /** Is marked while files hover over the page. */
  target: HTMLElement
}

export interface ImportHooks {
  memory(): OpenMemory | undefined
  /** Something was stored; told often. */
  onStored(): void
}

export interface ImportView {
  /** Another memory is open: what is under way ends, and what is said of it goes. */
  reset(): void
}

export function createImport({ button, input, box, target }: ImportElements, { memory, onStored }: ImportHooks): ImportView {
  let running: AbortController | undefined
  const run = async (files: readonly File[]): Promise<void> => {
    const into = memory()
    if (!into || running || files.length === 0) return
    const abort = (running = new AbortController())
    const current = (): boolean => running === abort
    // Not disabled: the focus would be lost.
    setAttribute(button, 'aria-disabled', 'true')
    const shown = showProgress(box, files, () => abort.abort())
    try {
      const result = await importFiles(into, files, {
        signal: abort.signal,
        onProgress: (progress, ratio) => {
          shown(progressText(progress), ratio)
          onStored()
        },
      })
      if (current()) showResult(box, result, files)
    } catch (error) {
      if (current()) showFailure(box, error)
    } finally {
      if (current()) end()
      onStored()
    }
  }
  const end = (): void => {
    running = undefined
    setAttribute(button, 'aria-disabled', null)
    button.disabled = memory() === undefined
  }
  button.addEventListener('click', () => !running && input.click())
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])]
    // So that the same file can be chosen again.
    input.value = ''
    void run(files)
  })
  acceptDrops(target, (files) => void run(files))
  return {
    reset: () => {
      running?.abort()
      end()
      box.hidden = true
    },
  }
}

function showProgress(box: HTMLElement, files: readonly File[], stop: () => void): (text: string, ratio: number) => void {
  const what = files.length === 1 ? (files[0]?.name ?? '') : plural(files.length, 'file')
  const line = h('p', { id: 'import-line', class: 'note' }, 'Reading …')
  const bar = h('progress', { max: 1, 'aria-labelledby': 'import-line' })
  const stopButton = h('button', { type: 'button', class: 'small', on: { click: stop } }, 'Stop')
  fill(box, h('p', { class: 'box-head', role: 'status' }, h('strong', {}, `Importing ${what}`), stopButton), bar, line)
  box.hidden = false
  let state = { text: '', ratio: 0 }
  const draw = oncePerFrame(() => {
    setText(line, state.text)
    setAttribute(bar, 'value', state.ratio)
  })
  return (text, ratio) => {
    state = { text, ratio }
    draw()
  }
}

function showResult(box: HTMLElement, result: ImportResult, files: readonly File[]): void {
  const { problems, checksum } = result
  const suspect = checksum === 'mismatch'
  const rows = problems.map(({ file, line, reason }) =>
    h('li', {}, h('span', { class: 'note' }, `${files[file]?.name ?? 'file'}, line ${line} `), reason),
  )
  const more = result.invalid > problems.length ? ` (the first ${problems.length})` : ''
  const list = h('ul', { class: 'scroll problems', tabindex: 0, role: 'group', 'aria-label': 'Problems' }, ...rows)
  const details = rows.length > 0 && h('details', {}, h('summary', {}, `Problems, line by line${more}`), list)
  close(box, suspect ? 'Imported, but look first' : 'Imported', [
    h('p', { role: suspect ? 'alert' : 'status' }, resultText(result)),
    details,
  ])
}

/** No number: a part may have been on its way, and the figures above tell what is stored. */
const STOPPED = 'What came in by then is stored. Choose the same files again to go on: what is stored already is left as it is.'

function showFailure(box: HTMLElement, error: unknown): void {
  const { code, text, advice } = problemOf(error)
  if (isRepriseError(error, 'aborted')) return close(box, 'Import stopped', [h('p', { role: 'status' }, STOPPED)])
  close(box, `The import did not work (${code})`, [h('p', { role: 'alert' }, `${text} ${advice}`)])
}

/** The box with its last words. A Stop button that had the focus hands it on. */
function close(box: HTMLElement, title: string, texts: readonly (HTMLElement | false)[]): void {
  const focused = box.contains(document.activeElement)
  const click = (): void => {
    box.hidden = true
    byId('memory-import', HTMLButtonElement).focus()
  }
  const dismiss = h('button', { type: 'button', class: 'small', on: { click } }, 'Dismiss')
  fill(box, h('p', { class: 'box-head' }, h('strong', {}, title), dismiss), ...texts)
  if (focused) dismiss.focus()
}

/** Files may fall anywhere: one that misses would replace the page. */
function acceptDrops(target: HTMLElement, onFiles: (files: File[]) => void): void {
  const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
  addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return
    event.preventDefault()
    target.classList.add('dropping')
  })
  const over = (): void => target.classList.remove('dropping')
  addEventListener('dragleave', (event) => event.relatedTarget === null && over())
  addEventListener('drop', (event) => {
    over()
    if (!holdsFiles(event)) return
    event.preventDefault()
    target.scrollIntoView({ block: 'nearest' })
    onFiles([...(event.dataTransfer?.files ?? [])])
  })
}
