/** Light, dark, or what the system says. */
import { setAttribute, setText } from '../dom.ts'
import { readJson, writeJson } from '../state/local.ts'

const KEY = 'reprise-playground/theme'
const CHOICES = ['system', 'light', 'dark'] as const
type Choice = (typeof CHOICES)[number]

/** Sets the page's theme now and when the person or the system changes it. */
export function createTheme(button: HTMLButtonElement, onChange: () => void): void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const kept = readJson(KEY)
  let choice: Choice = CHOICES.find((known) => known === kept) ?? 'system'

  const apply = (): void => {
    const dark = choice === 'system' ? system.matches : choice === 'dark'
    setAttribute(document.documentElement, 'data-theme', dark ? 'dark' : 'light')
    setText(button, `Theme: ${choice}`)
    onChange()
  }
  button.addEventListener('click', () => {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length] ?? 'system'
    writeJson(KEY, choice)
    apply()
  })
  system.addEventListener('change', apply)
  apply()
}
