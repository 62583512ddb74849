/** The setup dialog: model, embedder and world. */
import { byId } from '../dom.ts'
import type { EmbedderKind, Settings } from '../state/settings.ts'

export interface SetupView {
  open(settings: Settings): void
}

/** @param onUse hears the new choice; the key is handed over once and not kept in the form. */
export function createSetup(onUse: (settings: Settings, key: string) => void): SetupView {
  const dialog = byId('setup', HTMLDialogElement)
  const form = byId('setup-form', HTMLFormElement)
  const remoteFields = byId('remote-fields', HTMLElement)
  const name = byId('remote-name', HTMLInputElement)
  const url = byId('remote-url', HTMLInputElement)
  const key = byId('remote-key', HTMLInputElement)
  const seed = byId('world-seed', HTMLInputElement)

  const chosen = (group: string): string => String(new FormData(form).get(group))
  const sync = (): void => {
    const remote = chosen('model') === 'remote'
    remoteFields.hidden = !remote
    name.required = remote
    url.disabled = key.disabled = !remote
    key.required = remote && url.value.trim() === ''
  }
  form.addEventListener('input', sync)
  byId('setup-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close())
  form.addEventListener('submit', () => {
    const settings: Settings = {
      world: seed.valueAsNumber,
      model: chosen('model') === 'remote' ? 'remote' : 'embedded',
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
