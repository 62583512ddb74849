/** The setup dialog: model, embedder and world. */
import { byId } from '../dom.ts'
import type { EmbedderKind, ModelKind, Settings } from '../state/settings.ts'

export interface SetupView {
  open(settings: Settings): void
}

/** What the browser would say in general words, and maybe in another language. */
const MISSING = {
  name: 'Name the model, as its provider calls it.',
  url: 'Write the whole address, such as http://localhost:11434/v1, or leave it empty for OpenAI.',
  key: 'OpenAI needs a key. A server of your own mostly needs none: give its address instead.',
  seed: 'A whole number from 0 to 1,000,000.',
} as const

/** @param onUse hears the new choice; the key is handed over once and not kept in the form. */
export function createSetup(onUse: (settings: Settings, key: string) => void): SetupView {
  const dialog = byId('setup', HTMLDialogElement)
  const form = byId('setup-form', HTMLFormElement)
  const remoteFields = byId('remote-fields', HTMLElement)
  const name = byId('remote-name', HTMLInputElement)
  const url = byId('remote-url', HTMLInputElement)
  const key = byId('remote-key', HTMLInputElement)
  const seed = byId('world-seed', HTMLInputElement)

  const fields = { name, url, key, seed }

  const chosen = (group: string): string => String(new FormData(form).get(group))
  const sync = (): void => {
    const remote = chosen('model') === 'remote'
    remoteFields.hidden = !remote
    name.required = remote
    url.disabled = key.disabled = !remote
    // Servers at home and on the way may need none; OpenAI itself does.
    key.required = remote && url.value.trim() === ''
    for (const [field, text] of Object.entries(MISSING)) explain(fields[field as keyof typeof MISSING], text)
  }
  form.addEventListener('input', sync)
  byId('setup-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close())
  form.addEventListener('submit', () => {
    const settings: Settings = {
      world: seed.valueAsNumber,
      model: chosen('model') as ModelKind,
      remote: { name: name.value.trim(), baseURL: url.value.trim() },
      embedder: chosen('embedder') as EmbedderKind,
    }
    onUse(settings, key.value.trim())
  })
  dialog.addEventListener('close', () => (key.value = ''))
  return {
    open: (settings) => {
      for (const [group, value] of [
        ['model', settings.model],
        ['embedder', settings.embedder],
      ] as const) {
        for (const choice of form.querySelectorAll<HTMLInputElement>(`input[name=${group}]`)) choice.checked = choice.value === value
      }
      name.value = settings.remote.name
      url.value = settings.remote.baseURL
      seed.valueAsNumber = settings.world
      sync()
      dialog.showModal()
    },
  }
}

function explain(field: HTMLInputElement, text: string): void {
  field.setCustomValidity('')
  if (!field.validity.valid) field.setCustomValidity(text)
}
