/** Values that stand under a telling name: parameters of URLs and forms, members of JSON, lines of settings, passwords in addresses. */
import type { Span } from './span.ts'

export function* findParameters(text: string): Iterable<Span> {
  yield* pairs(text)
  yield* members(text)
  yield* userInfo(text)
  yield* cookies(text)
  yield* toldPasswords(text)
}

/** `token=…` anywhere; `code=…` and other names with several meanings only where a URL or a form has its parameters. */
function* pairs(text: string): Iterable<Span> {
  for (const { 0: match, 1: before = '', 2: name = '', 3: value = '', index } of text.matchAll(PAIR)) {
    const sensitive =
      (isTelling(name, STRONG) && !NOTHING.test(value)) || (/[?&#;]/.test(before) && isTelling(name, WEAK) && !PLAIN.test(value))
    if (sensitive) yield span(index + match.length - value.length, index + match.length)
  }
}

/** `"token": "…"`, and `password: hunter2` where the value is no word. */
function* members(text: string): Iterable<Span> {
  for (const { 0: match, 1: name = '', 2: quoted, 3: bare = '', index } of text.matchAll(MEMBER)) {
    if (!isTelling(name, STRONG)) continue
    if (quoted !== undefined) {
      const end = index + match.length - 1
      yield span(end - quoted.length, end)
    } else if (/\d/.test(bare) && /\p{L}/u.test(bare) && bare.length >= 6)
      yield span(index + match.length - bare.length, index + match.length)
  }
}

function* userInfo(text: string): Iterable<Span> {
  for (const { 0: match, 1: info = '', index } of text.matchAll(
    /:\/\/([^\s/?#@:"'<>\ufffb\ufffc]{0,100}:[^\s/?#@"'<>\ufffb\ufffc]{1,200})@/g,
  ))
    yield span(index + match.length - 1 - info.length, index + match.length - 1)
}

/** All values of a header, whatever their names. */
function* cookies(text: string): Iterable<Span> {
  for (const { 0: header, index } of text.matchAll(/\bcookie:[^\n\ufffb\ufffc]{1,4000}/gi))
    for (const { 0: match, 1: value = '', index: at } of header.matchAll(/[\w.-]{1,64}=([^\s;,"'<>]{8,})/g))
      yield span(index + at + match.length - value.length, index + at + match.length)
}

/** "My password is …", in many languages: what follows is in quotes, or no word. */
function* toldPasswords(text: string): Iterable<Span> {
  for (const { 0: match, 1: quoted, 2: bare = '', index } of text.matchAll(TOLD)) {
    const value = quoted ?? bare.replace(/[.,;:!?)]+$/, '')
    const end = index + match.length - (quoted === undefined ? bare.length - value.length : 1)
    if (quoted !== undefined || (value.length >= 6 && /\d/.test(value) && /\p{L}/u.test(value))) yield span(end - value.length, end)
  }
}

/** Whether a name has one of the words: `accessToken`, `reset-token` and `user[token]` have `token`. */
function isTelling(name: string, words: ReadonlySet<string>): boolean {
  const parts = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
  const last = parts.filter((part) => part !== '').at(-1) ?? ''
  return words.has(last) || words.has(parts.join('')) || words.has(parts.slice(-2).join(''))
}

function span(start: number, end: number): Span {
  return { start, end, kind: 'secret' }
}

const STRONG: ReadonlySet<string> = new Set(
  `token accesstoken idtoken refreshtoken password passwd pwd passphrase secret clientsecret apikey accesskey secretkey privatekey
  jsessionid phpsessid sessionid sessiontoken authtoken credential credentials authenticitytoken samlresponse jwt otp totp`.split(/\s+/),
)

const WEAK: ReadonlySet<string> = new Set(
  'code key session sess sid auth pass pin sig signature ticket assertion hash nonce invite magic'.split(' '),
)

/** Too short to open anything, or a word as pages use it: `?code=US`, `?key=name`. */
const PLAIN = /^(?:.{0,3}|[a-z]{1,12}|[A-Z]{1,3})$/

/** Says of a field what it is like, or that there is nothing. */
const NOTHING = /^(?:none|null|undefined|nil|true|false|required|optional|yes|no)$/i

const PAIR = /(^|[^\w.[\]-])([A-Za-z_][\w.[\]-]{0,63})=([^\s&#?;"'<>\ufffb\ufffc]+)/g

/** A name of at most 64 characters with its quotes, then a value in quotes, or one without. */
const MEMBER =
  /(?<![\w.-])["']?([A-Za-z_][\w.-]{0,63}(?: key| token| secret)?)["']?[ \t]{0,3}(?:[:=][ \t]{0,3}"([^"\n\ufffb\ufffc]{3,2000})"|(?::|(?<=[ \t])=)[ \t]{0,3}([^\s"'{}<>,;\ufffb\ufffc]{6,500}))/g

const TOLD =
  /(?<!\p{L})(?:passwor[dt]|kennwort|passphrase|mot de passe|contraseña|senha|wachtwoord|hasło|пароль|parola|şifre|lösenord|密码|密碼|パスワード|비밀번호)(?:[ \t\u00a0]{0,2}[:：=][ \t]{0,3}|[ \t]{1,2}(?:is|ist|lautet|est|es|è|é|jest|это)[ \t]{1,2}|[是はは]|은 )(?:["“„«']([^"“”„«»'\n\ufffb\ufffc]{4,100})["”“»']|([^\s"“”'<>{},\ufffb\ufffc]{6,200}))/giu
