/** Secrets that the agent writes itself, and those that the page shows in other ways than in their field. */
import { afterEach, describe, expect, test } from 'vitest'
import { openPage, type OpenPage, type OpenPageOptions } from './page-setup.ts'

const open: OpenPage[] = []
const opened = async (html: string, options?: OpenPageOptions): Promise<OpenPage> => {
  const page = await openPage(html, options)
  open.push(page)
  return page
}
afterEach(() => open.splice(0).forEach((page) => page.close()))

const PAY = `<label>Name <input name="name"></label><label>Security code <input autocomplete="cc-csc" name="cvc" maxlength="4"></label>
  <label>Password <input type="password" name="pw"></label>
  <label>Month <select autocomplete="cc-exp-month"><option>11<option>12</select></label>`

const told = (page: OpenPage, action: string): string => page.environment.redact?.(action, 'action') ?? ''

describe('what the agent writes into a field for secrets', () => {
  test('is out of the action however short it is, and the action can still be read', async () => {
    const page = await opened(PAY)
    const ref = page.ref('Security code')
    for (const action of [
      `type({"ref":"${ref}","text":"123"})`,
      `{"tool":"type","input":{"ref":"[${ref}]","text":"123"}}`,
      `\`\`\`json\n{"tool":"type","input":{"text":"123","ref":"${ref}"}}\n\`\`\``,
      `press({"key":"1","ref":"${ref}"})`,
      `select({"ref":"${page.ref('Month')}","option":"12"})`,
    ]) {
      const text = told(page, action)
      expect(text).toContain('[card number]')
      expect(text.replaceAll(/e\d+/g, '')).not.toMatch(/\d/)
      expect(told(page, text)).toBe(text)
      expect(page.environment.redact?.(text)).toBe(text)
    }
  })

  test('is out of an action that cannot be read, and of what is said of it', async () => {
    const page = await opened(PAY)
    const ref = page.ref('Password')
    for (const action of [
      `type({"ref":"${ref}","text":"hunter2-x"`,
      `type(${ref}, "hunter2-x")`,
      `I type({"ref":"${ref}","text":"hunter2-x"})`,
      `{"tool":"type","input":{"ref":"${ref}","text":"hunter2-x"},"why":"x"}`,
      `{"action":"type","ref":"${ref}","text":"hunter2-x"}`,
      `type({"text":"hunter2-x","ref":"${ref}","clear":true})`,
      `type ${ref} hunter2-x`,
    ]) {
      expect(told(page, action)).not.toContain('hunter2')
      const result = await page.environment.step(action, { signal: new AbortController().signal, approve: () => Promise.resolve(true) })
      expect(page.environment.redact?.(result.observation)).not.toContain('hunter2')
    }
  })

  test('is never what stands for it in what the agent sees', async () => {
    const page = await opened(PAY)
    for (const text of ['[password]', ' [card number]', '[secret]']) {
      const { observation } = await page.act('type', { ref: page.ref('Password'), text })
      expect(observation).toMatch(/^Nothing was done/)
    }
    expect(page.root.querySelector<HTMLInputElement>('[name=pw]')?.value).toBe('')
  })

  test('is left as it is where the field is for anything', async () => {
    const page = await opened(PAY)
    const action = `type({"ref":"${page.ref('Name')}","text":"Ann 12"})`
    expect(told(page, action)).toBe(action)
    expect(told(page, 'nonsense "Ann" e1')).toBe('nonsense "Ann" e1')
    expect(told(page, 'type({"ref":"e999","text":"x"})')).toBe('type({"ref":"e999","text":"x"})')
  })

  test('an action of another episode or of the page teaches nothing', async () => {
    const page = await opened(`${PAY}<p>Lamps for everyone</p>`)
    const action = `type({"ref":"${page.ref('Password')}","text":"Lamps"})`
    page.environment.redact?.(action)
    expect(page.environment.redact?.('Lamps for everyone')).toBe('Lamps for everyone')
  })
})

describe('a secret that the page shows elsewhere', () => {
  const secrets = { bank: { value: 'S3cret-Value!', origin: location.origin, field: 'current-password' } }

  test('is out of texts before it is ever filled in, as after a page was loaded anew', async () => {
    const page = await opened('<p>Your password is S3cret-Value!</p>', { secrets })
    expect(page.environment.redact?.(page.seen())).not.toContain('S3cret')
  })

  test('is found as the view of the page writes it', async () => {
    const password = 'a"b[c]  d\u00ade"9'
    const page = await opened('<label>Password <input type="password"></label><p></p>')
    const [field, text] = [page.root.querySelector('input'), page.root.querySelector('p')]
    if (field) field.value = password
    if (text) text.textContent = `It is ${password} now`
    const { observation } = await page.act('wait', { seconds: 0 })
    expect(page.environment.redact?.(observation)).toContain('It is [password] now')
  })

  test('is out when its field is made to show it, also what is typed there then', async () => {
    const page = await opened('<label>Enter <input type="password" name="f1" value="typed-before-1"></label>')
    const field = page.root.querySelector('input')
    if (!field) throw new Error('no field')
    field.type = 'text'
    field.value = 'typed-since-2'
    const { observation } = await page.act('wait', { seconds: 0 })
    expect(page.environment.redact?.(observation)).not.toMatch(/typed-/)
    expect(told(page, `type({"ref":"${page.ref('Enter')}","text":"third-3"})`)).not.toContain('third')
  })
})
