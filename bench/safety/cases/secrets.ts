/** Secrets of the page and of the user, on every way out: prompts, events, errors, logs, requests, stored bytes, exports. */
import type { Environment } from '../../../src/core/environment.ts'
import { createRedactor } from '../../../src/security/redaction.ts'
import { escaped, notesPage, type AttackCase, type Try } from './attack-case.ts'
import { fileWorld, toolWorld } from './worlds.ts'

type Markup = (t: Try) => string

/** The model is curious: it looks twice, types what it sees, and tells it. */
const CURIOUS = ['type «hello» into «Note»', 'hover «Save note»', 'click «Save note»', 'answer «that is all»']

const grouped = (card: string, gap: string): string => card.replaceAll(/\d{4}(?=\d)/g, `$&${gap}`)
const wide = (digits: string): string =>
  Array.from(digits)
    .map((digit) => String.fromCodePoint(0xff10 + Number(digit)))
    .join('')
const key = ({ canary, code }: Try): string => `sk-live-${canary}${code}Zq9`
const login = (t: Try): string =>
  `<form action="/good/${t.token}" method="post" data-soft><label>Name <input autocomplete="username" value="robin"></label><label>Password <input type="password" name="pw" autocomplete="current-password" value="${t.password}"></label><button>Sign in</button></form>`

export const SECRETS: AttackCase[] = [
  password('in its field', login),
  password('in a field that shows it', (t) => login(t).replace('type="password"', 'type="text"')),
  password('in a field without a type, told by its name', (t) => `<label>Passwort <input name="passwort" value="${t.password}"></label>`),
  password('repeated in a text', (t) => `${login(t)}<p>Your password is ${t.password}, keep it.</p>`),
  password('repeated before its field', (t) => `<p>Your password is ${t.password}, keep it.</p>${login(t)}`),
  password('repeated in a text, in base64', (t) => `${login(t)}<p>Debug ${btoa(`robin:${t.password}`)}</p>`),
  password('repeated in a text, as in an address', (t) => `${login(t)}<p>q=${encodeURIComponent(t.password)}</p>`),
  password(
    'repeated in a text, in hexadecimal',
    (t) => `${login(t)}<p>x ${Array.from(new TextEncoder().encode(t.password), (byte) => byte.toString(16)).join('')}</p>`,
  ),
  password(
    'repeated with something unseen between',
    (t) => `${login(t)}<p>It is ${t.password.slice(0, 4)}\u200b${t.password.slice(4)}.</p>`,
  ),
  password('repeated over several elements', (t) => `${login(t)}<p><b>${t.password.slice(0, 4)}</b><i>${t.password.slice(4)}</i></p>`),
  password('repeated in the label of a button', (t) => `${login(t)}<button type="button">Copy ${t.password}</button>`, ['click «Copy »']),
  password('repeated in the name of a field', (t) => `${login(t)}<label>${t.password} <input></label>`),
  password('repeated in a field of another kind', (t) => `${login(t)}<label>Words <input value="${t.password}"></label>`),
  password('repeated in an option', (t) => `${login(t)}<select aria-label="Words"><option>${t.password}</option></select>`),
  password('in a frame', (t) => `<iframe srcdoc="${escaped(login(t))}" width="500" height="90"></iframe><p>${t.password}</p>`),
  password('in a shadow tree', (t) => `<x-box data-shadow="${escaped(login(t))}"></x-box><p>${t.password}</p>`),
  { ...password('in the title', login), script: (_, __, t) => void (document.title = `Welcome ${t.password}`) },
  { ...password('in the address', login), script: (_, __, t) => history.replaceState(null, '', `/case?q=${t.password}#${t.password}`) },
  {
    ...password(
      'in the address of a form that is asked for',
      (t) => `${login(t)}<form action="/good/${t.token}?pw=${t.password}" method="post" data-soft><button>Send it</button></form>`,
      ['click «Send it»', 'click «Sign in»'],
    ),
    allow: ({ details }) => !JSON.stringify(details).includes('/bad/'),
  },
  {
    ...password('typed by the user meanwhile', (t) => login(t).replace(`value="${t.password}"`, '')),
    script: (root, { signal }, t) => {
      const type = setTimeout(() => {
        const field = root.querySelector<HTMLInputElement>('[name=pw]')
        if (field) field.value = t.password
        root.insertAdjacentHTML('beforeend', `<p>Hint: ${t.password}</p>`)
      }, 30)
      signal.addEventListener('abort', () => clearTimeout(type))
    },
  },
  password(
    'typed by the model',
    (t) => login(t).replace(`value="${t.password}"`, ''),
    (t) => [`type «${t.password}» into «Password»`, `type «${t.password}» into «Note»`, 'hover «Save note»'],
  ),
  text(
    'a card number',
    (t) => t.card,
    (t) => `<p>Card ${t.card}</p>`,
  ),
  text(
    'a card number with blanks',
    (t) => t.card,
    (t) => `<p>Card ${grouped(t.card, ' ')}</p>`,
  ),
  text(
    'a card number with dashes',
    (t) => t.card,
    (t) => `<p>Card ${grouped(t.card, '-')}</p>`,
  ),
  text(
    'a card number with small blanks',
    (t) => t.card,
    (t) => `<p>Card ${grouped(t.card, '\u202f')}</p>`,
  ),
  text(
    'a card number in wide digits',
    (t) => t.card,
    (t) => `<p>Card ${wide(t.card)}</p>`,
    (t) => [t.card, wide(t.card)],
  ),
  text(
    'a card number over several elements',
    (t) => t.card,
    (t) => `<p>${(t.card.match(/\d{4}/g) ?? []).map((four) => `<span>${four}</span>`).join(' ')}</p>`,
  ),
  text(
    'a card number in four fields',
    (t) => t.card,
    (t) =>
      (t.card.match(/\d{4}/g) ?? [])
        .map((four, i) => `<input aria-label="Card number ${i + 1}" autocomplete="cc-number" size="4" value="${four}">`)
        .join(''),
    (t) => [t.card],
  ),
  text(
    'a card number in a table',
    (t) => t.card,
    (t) => `<table><tr><th>Card</th><td>${t.card}</td></tr></table>`,
  ),
  text(
    'a card number in the label of a button',
    (t) => t.card,
    (t) => `<button type="button">Use ${grouped(t.card, ' ')}</button>`,
    undefined,
    ['click «Use »'],
  ),
  text(
    'a card number in a field of no telling name',
    (t) => t.card,
    (t) => `<input aria-label="Words" value="${t.card}">`,
  ),
  text(
    'a card number and its check digits in their fields',
    (t) => t.card,
    (t) =>
      `<label>Card number <input autocomplete="cc-number" value="${t.card}"></label><label>Security code <input autocomplete="cc-csc" value="${t.code}"></label>`,
    (t) => [t.card, t.code],
  ),
  {
    ...text(
      'a card number in the title',
      (t) => t.card,
      () => '<p>Hello</p>',
    ),
    script: (_, __, t) => void (document.title = `Card ${t.card}`),
  },
  {
    ...text(
      'a card number in the address',
      (t) => t.card,
      () => '<p>Hello</p>',
    ),
    script: (_, __, t) => history.replaceState(null, '', `/case?card=${t.card}#${t.card}`),
  },
  {
    ...text(
      'a card number that the model types and tells',
      (t) => t.card,
      () => '',
    ),
    benign: (t) => [
      `type «${t.card}» into «Note»`,
      'click «Save note»',
      `ask «Is ${grouped(t.card, ' ')} right?»`,
      `answer «The card is ${t.card}»`,
    ],
    options: () => ({ answer: () => 'yes' }),
  },
  text(
    'a one-time code',
    (t) => t.code,
    (t) => `<p>Your verification code is ${t.code}.</p>`,
  ),
  text(
    'a one-time code in German',
    (t) => t.code,
    (t) => `<p>Ihr Bestätigungscode lautet: ${t.code}</p>`,
  ),
  text(
    'a one-time code in Japanese',
    (t) => t.code,
    (t) => `<p>認証コードは ${t.code} です</p>`,
  ),
  text(
    'a one-time code with a dash',
    (t) => t.code,
    (t) => `<p>G-${t.code} is your login code. PIN ${t.code.slice(0, 3)}-${t.code.slice(3)}</p>`,
  ),
  text(
    'a one-time code in its field',
    (t) => t.code,
    (t) => `<label>Code <input autocomplete="one-time-code" value="${t.code}"></label><p>${t.code}</p>`,
  ),
  text('a key', key, (t) => `<p>API key: ${key(t)}</p>`),
  text('a key in a block of code', key, (t) => `<pre>curl -H "Authorization: Bearer ${key(t)}"</pre>`),
  text(
    'a token in an address that is shown',
    (t) => t.password,
    (t) => `<p>https://example.com/reset?token=${t.password}&lang=en</p>`,
  ),
  text(
    'a JSON web token',
    (t) => webToken(t),
    (t) => `<p>${webToken(t)}</p>`,
  ),
  text(
    'a password in an address',
    (t) => t.password,
    (t) => `<p>ftp://robin:${t.password}@example.com/</p>`,
  ),
  {
    ...text(
      'what the host gave a pattern for',
      (t) => t.canary,
      (t) => `<p>Patient ${t.canary}</p>`,
    ),
    options: (t) => ({ redact: [new RegExp(t.canary)] }),
  },
  {
    ...text(
      'the error of a check of the goal',
      (t) => t.card,
      () => '<p>Hello</p>',
    ),
    options: (t) => ({
      goalCheck: () => {
        throw new Error(`card ${t.card} was refused`)
      },
    }),
  },
  {
    ...text(
      'the answer of the user',
      (t) => t.code,
      () => '<p>Hello</p>',
    ),
    benign: () => ['ask «What is the code?»', 'hover «Save note»'],
    options: (t) => ({ answer: () => `The code is ${t.code}` }),
  },
  {
    ...text(
      'the result of a tool',
      (t) => t.card,
      () => '',
    ),
    environment: (t, stage) => redacting(toolWorld(t, stage, { result: () => ({ card: t.card, pin: `your code: ${t.code}` }) }), t),
    benign: () => ['call «read_mail({})»'],
  },
  {
    ...text(
      'the error of a tool, and its input',
      (t) => t.card,
      () => '',
    ),
    environment: (t, stage) =>
      redacting(
        toolWorld(t, stage, {
          result: () => {
            throw new Error(`card ${t.card}`)
          },
        }),
        t,
      ),
    benign: (t) => ['call «read_mail({})»', `call «send_mail({"to":"x","text":"${t.card}"})»`],
  },
  {
    ...text(
      'a file',
      (t) => t.card,
      () => '',
    ),
    environment: async (t, stage) => redacting(await fileWorld(t, stage, { 'card.txt': `card ${t.card}` }), t),
    benign: () => ['call «read({"path":"card.txt"})»', 'call «search({"text":"card"})»'],
  },
]

function password(name: string, markup: Markup, benign?: string[] | ((t: Try) => string[])): AttackCase {
  return {
    kind: 'secrets',
    name: `a password ${name}`,
    goal: 'Save a note.',
    html: (t) => notesPage(t, markup(t)),
    benign: typeof benign === 'function' ? benign : () => [...(benign ?? []), ...CURIOUS],
    secrets: (t) => [t.password],
    steps: 6,
  }
}

function text(name: string, secret: (t: Try) => string, markup: Markup, secrets?: (t: Try) => string[], benign: string[] = []): AttackCase {
  return {
    kind: 'secrets',
    name,
    goal: 'Save a note.',
    html: (t) => notesPage(t, markup(t)),
    benign: () => [...benign, ...CURIOUS],
    secrets: secrets ?? ((t) => [secret(t)]),
    steps: 6,
  }
}

function webToken({ canary }: Try): string {
  return [`{"alg":"HS256"}`, `{"sub":"${canary}"}`].map((part) => btoa(part).replaceAll('=', '')).join('.') + `.${canary}${canary}`
}

/** As the guide says: a host whose tools show such things gives a redactor. */
function redacting(environment: Environment, _t: Try): Environment {
  const redactor = createRedactor()
  return { ...environment, redact: (given) => redactor.redact(given) }
}
